import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { errorText } from '@supergraph/platform/errors';
import { execute, Kind, type FormattedExecutionResult, type OperationDefinitionNode } from 'graphql';

import type { GatewayContext } from '../request-context.ts';

/** Whether an operation asks about the schema and for no data. */
const isIntrospection = ({ selectionSet }: OperationDefinitionNode): boolean =>
  selectionSet.selections.every((selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'));

/** A valid document about the schema can fail by its variables alone. */
const wrongVariables: FormattedExecutionResult = {
  errors: [{ message: errorText('BAD_USER_INPUT', 'en'), extensions: { code: 'BAD_USER_INPUT' } }],
};

/**
 * Answers introspection by graphql-js. The planner's own model of `__Type` lags behind: it has no `isOneOf`, which tools
 * of today ask for, and would fail the whole query.
 */
export const answerIntrospection: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: () =>
    Promise.resolve({
      responseForOperation: async ({ schema, document, operation, request }) => {
        if (!isIntrospection(operation)) return null;
        const { data, errors } = await execute({
          schema,
          document,
          variableValues: request.variables,
          operationName: request.operationName,
        });
        const singleResult = errors === undefined ? { data: data ?? null } : wrongVariables;
        return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
      },
    }),
};
