import { CodedError } from '@supergraph/platform/errors';
import { getArgumentValues, GraphQLError, Kind } from 'graphql';

import { isIncluded, type Selected, type Variables } from './expand-operation.ts';

/**
 * Throws BAD_USER_INPUT when a variable is null where null cannot be. Validation lets a variable that may be null stand
 * in such a place if it, or the place, has a default; what was given is known only now.
 */
export function assertArgumentsFit(selections: readonly Selected[], variables: Variables): void {
  if (!Object.values(variables).includes(null)) return;
  try {
    readArguments(selections, variables);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [node] = error.nodes ?? [];
    throw new CodedError('BAD_USER_INPUT', node?.kind === Kind.VARIABLE ? { field: node.name.value } : {});
  }
}

function readArguments(selections: readonly Selected[], variables: Variables): void {
  for (const selected of selections) {
    if (!isIncluded(selected, variables)) continue;
    if (selected.kind === 'field' && selected.definition !== null) {
      getArgumentValues(selected.definition, selected.node, variables);
    }
    readArguments(selected.selections, variables);
  }
}
