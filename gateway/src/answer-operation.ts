import type { ApolloServer } from '@apollo/server';
import { CodedError, type Locale } from '@supergraph/platform/errors';
import type { Viewer } from '@supergraph/platform/identity';
import type { Clock } from '@supergraph/platform/time';

import { presentAnswer, type Answer } from './answer/present-answer.ts';
import type { Credentials } from './authenticate.ts';
import type { OperationRequest } from './http/read-operation-request.ts';
import type { AdmittedOperation } from './operation/admit-operation.ts';
import type { GatewayContext } from './request-context.ts';
import { requestBudget } from './subgraph-policy.ts';

/** Everything about an HTTP request but the operation in it. */
export interface Arrival {
  readonly requestId: string;
  readonly locale: Locale;
  readonly rawHeaders: readonly string[];
  /** Whether it may change something; what came by GET may not. */
  readonly mayChange: boolean;
  readonly client: GatewayContext['client'];
  readonly clientGone: AbortSignal;
}

/** Answers an operation. Throws a coded error when it is refused before it could run. */
export type AnswerOperation = (asked: OperationRequest, arrival: Arrival) => Promise<Answer>;

/**
 * Makes a request's way through the gateway: is the operation acceptable, who asks, then validation, plan and fetches,
 * and what of the outcome a client may see.
 */
export function createAnswerOperation(by: {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly admit: (query: string, operationName: string | null) => AdmittedOperation;
  readonly authenticate: (credentials: Credentials) => Promise<Viewer | null>;
  readonly clock: Clock;
}): AnswerOperation {
  async function createContext({ isMutation }: AdmittedOperation, arrival: Arrival): Promise<GatewayContext> {
    const { requestId, locale, client, clientGone, rawHeaders } = arrival;
    const budgetMs = isMutation ? requestBudget.mutationMs : requestBudget.queryMs;
    const dueAtMs = by.clock.now().getTime() + budgetMs;
    const viewer = await by.authenticate({ rawHeaders, isMutation });
    return { viewer, locale, requestId, client, isMutation, dueAtMs, clientGone };
  }

  return async ({ query, operationName, variables }, arrival) => {
    if (query === null) throw new CodedError('PERSISTED_QUERY_NOT_FOUND');
    const operation = by.admit(query, operationName);
    if (operation.isMutation && !arrival.mayChange) throw new CodedError('METHOD_NOT_ALLOWED');
    const contextValue = await createContext(operation, arrival);
    const { body } = await by.apollo.executeOperation(
      { query, variables, ...(operationName !== null && { operationName }) },
      { contextValue },
    );
    if (body.kind !== 'single') throw new Error('an answer comes in one piece');
    return presentAnswer(body.singleResult, arrival);
  };
}
