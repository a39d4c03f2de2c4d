import type { ApolloServer } from '@apollo/server';
import { CodedError, type Locale } from '@supergraph/platform/errors';
import type { Viewer } from '@supergraph/platform/identity';
import type { Standing } from '@supergraph/platform/rate-limit';
import type { Clock } from '@supergraph/platform/time';
import { OperationTypeNode, type FormattedExecutionResult, type OperationDefinitionNode } from 'graphql';

import { presentAnswer, type Answer } from './answer/present-answer.ts';
import type { AuditEntry, OperationAudit } from './audit/operation-audit.ts';
import type { Caller, Credentials } from './authenticate.ts';
import type { AssertAffordable } from './cost/cost-gate.ts';
import type { PriceOperation } from './cost/price-operation.ts';
import type { LoadedSupergraph } from './engine/load-supergraph.ts';
import { refusalOf } from './format-error.ts';
import type { OperationRequest } from './http/read-operation-request.ts';
import { isOpenToAnybody } from './authorization/open-to-anybody.ts';
import {
  chooseOperation,
  hasSeveralOperations,
  type DocumentReader,
  type ReadDocument,
} from './operation/read-document.ts';
import { rootFieldsOf } from './operation/root-fields.ts';
import type { Validation } from './operation/validate.ts';
import type { PersistedOperations, ResolvedDocument } from './persisted/persisted-operations.ts';
import type { CountOperation, CountRequest } from './rate-limit/count-request.ts';
import type { GatewayContext } from './request-context.ts';
import type { AssertAllowed } from './role-admission.ts';
import { withinRole, type Role } from './roles.ts';
import { requestBudget } from './subgraph-policy.ts';

/** Everything about an HTTP request but the operation in it. */
export interface Arrival {
  readonly requestId: string;
  readonly locale: Locale;
  readonly rawHeaders: readonly string[];
  readonly client: GatewayContext['client'];
  /** What the client calls itself; null when it says nothing. */
  readonly clientName: string | null;
  readonly clientGone: AbortSignal;
  /** Whether the HTTP method is one by which something may be changed. */
  readonly mayChange: boolean;
  /** Tells the client how much it may still ask for. */
  readonly tellStanding: (standing: Standing) => void;
}

/** Answers an operation. Throws a coded error when it is refused before it could run. */
export type AnswerOperation = (asked: OperationRequest, arrival: Arrival) => Promise<Answer>;

/** An operation that was read, and the supergraph it is meant for. */
interface Asked {
  readonly read: ReadDocument;
  readonly operation: OperationDefinitionNode;
  readonly supergraph: LoadedSupergraph;
}

/** Whoever sent a request, which has been counted. */
interface Sender extends Pick<GatewayContext, 'viewer' | 'ownLineIds' | 'role'> {
  readonly countOperation: CountOperation;
}

const codesIn = ({ body: { errors = [] } }: Answer) => errors.map(({ extensions }) => extensions.code);

const noChanges: ReadonlySet<string> = new Set();

const isChange = ({ operation }: OperationDefinitionNode): boolean => operation === OperationTypeNode.MUTATION;

/** Whether anybody may ask for it without saying who they are, as for signing in. */
const isOpen = ({ operation, read, supergraph }: Asked): boolean =>
  isOpenToAnybody(operation, read.document, supergraph);

/** What came of an operation as somebody of this role may see it. */
function maskedFor(role: Role, asked: Asked, result: FormattedExecutionResult): FormattedExecutionResult {
  const { data } = result;
  if (role.masking === 'none' || data === null || data === undefined) return result;
  const { read, operation, supergraph } = asked;
  return { ...result, data: supergraph.maskAnswer({ document: read.document, operation, data }) };
}

/**
 * Makes a request's way through the gateway: is the document acceptable, who asks and may they ask any more, may such a
 * person ask such a thing, does it fit the schema they have; then plan and fetches, and what of the outcome a client may
 * see.
 */
export function createAnswerOperation(by: {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly currentSupergraph: () => LoadedSupergraph;
  readonly documents: DocumentReader;
  readonly authenticate: (credentials: Credentials) => Promise<Caller | null>;
  readonly roleOf: (viewer: Viewer | null) => Role;
  readonly assertAllowed: AssertAllowed;
  readonly validation: Validation;
  readonly persisted: PersistedOperations;
  readonly priceOperation: PriceOperation;
  readonly assertAffordable: AssertAffordable;
  readonly countRequest: CountRequest;
  readonly audit: OperationAudit;
  readonly clock: Clock;
}): AnswerOperation {
  /** Finds out who asks, and counts the request. */
  async function meet(
    credentials: Omit<Credentials, 'rawHeaders'>,
    arrival: Arrival,
    entry: AuditEntry,
  ): Promise<Sender> {
    const caller = await by.authenticate({ rawHeaders: arrival.rawHeaders, ...credentials });
    const viewer = caller && withinRole(caller.viewer);
    entry.by(viewer);
    const role = by.roleOf(viewer);
    const countOperation = await by.countRequest({ caller: { viewer, role }, arrival });
    return { viewer, ownLineIds: caller?.lineIds ?? null, role, countOperation };
  }

  /** Reads which operation is meant, without regard to who asks. */
  async function read(
    { query, documentId, operationName }: OperationRequest,
    { clientName, mayChange }: Arrival,
  ): Promise<{ readonly resolved: ResolvedDocument; readonly asked: Asked }> {
    const resolved = await by.persisted.resolve({ query, documentId }, clientName);
    const document = by.documents.read(resolved.text);
    const operation = chooseOperation(document, operationName);
    if (isChange(operation) && !mayChange) throw new CodedError('METHOD_NOT_ALLOWED');
    return { resolved, asked: { read: document, operation, supergraph: by.currentSupergraph() } };
  }

  /** The same, and whoever sent what cannot be read is counted for it. */
  async function readOrCount(request: OperationRequest, arrival: Arrival, entry: AuditEntry): ReturnType<typeof read> {
    try {
      return await read(request, arrival);
    } catch (refusal) {
      await meet({ isMutation: false, needsNobody: true }, arrival, entry);
      throw refusal;
    }
  }

  async function run(request: OperationRequest, arrival: Arrival, entry: AuditEntry): Promise<Answer> {
    const { resolved, asked } = await readOrCount(request, arrival, entry);
    const { operation, supergraph } = asked;
    const { hash, document } = asked.read;
    const { operationName, variables } = request;
    entry.asks({ hash, document, operation, supergraph }, variables);
    const isMutation = isChange(operation);
    const budgetMs = isMutation ? requestBudget.mutationMs : requestBudget.queryMs;
    const dueAtMs = by.clock.now().getTime() + budgetMs;
    const sender = await meet({ isMutation, needsNobody: isOpen(asked) }, arrival, entry);
    const { viewer, ownLineIds, role, countOperation } = sender;
    const { requestId, locale, client, clientGone } = arrival;
    const contract = supergraph.contracts[role.variant];
    const contextValue: GatewayContext = {
      viewer,
      ownLineIds,
      role,
      contract,
      supergraph,
      locale,
      requestId,
      client,
      isMutation,
      dueAtMs,
      clientGone,
    };
    by.persisted.assertRegistered(resolved, document, role);
    by.assertAllowed(role, asked);
    by.validation.assertValid(contract, document);
    by.documents.remember(asked.read);
    const cost = by.priceOperation(supergraph, { document, operation, variables });
    const { estimated } = cost;
    by.assertAffordable({ estimated, role, requestId, operationName: operation.name?.value ?? null });
    const admission = await countOperation({ asked, estimatedCost: estimated });
    await by.persisted.keep(resolved, document, { userId: viewer?.userId ?? null });
    // whatever else nobody asks for is refused before anything is done
    if (viewer !== null || isOpen(asked)) await entry.begin();
    // the engine keeps a plan by text and name: without a name that says nothing, it is the one made before any client came
    const { body } = await by.apollo.executeOperation(
      {
        query: resolved.text,
        variables,
        ...(operationName !== null && hasSeveralOperations(asked.read) && { operationName }),
      },
      { contextValue },
    );
    if (body.kind !== 'single') throw new Error('an answer comes in one piece');
    await entry.end(body.singleResult);
    const answer = presentAnswer(maskedFor(role, asked, body.singleResult), {
      ...arrival,
      changes: isMutation ? rootFieldsOf(operation, document) : noChanges,
      cost: role.seesCost ? { estimated, actual: cost.actual(body.singleResult.data) } : null,
    });
    // whoever hangs up does not hear whether a password was right, and gets nothing back for it
    if (!arrival.clientGone.aborted) await admission.settle(codesIn(answer));
    return answer;
  }

  return async (request, arrival) => {
    const { requestId, client, clientName } = arrival;
    const entry = by.audit.open({ requestId, client: { address: client.address, name: clientName } });
    try {
      return await run(request, arrival, entry);
    } catch (error) {
      await entry.refuse(refusalOf(error).code);
      throw error;
    }
  };
}
