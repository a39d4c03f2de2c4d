import type { FieldPolicy, PolicyMap } from '@supergraph/schema/field-policies';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { rootFieldsOf } from '../operation/root-fields.ts';

/** Whether a field says that anyone may have it, and nothing else. */
export const isForAnyone = ({ isForSignedIn, scopes, policies }: FieldPolicy): boolean =>
  !isForSignedIn &&
  scopes.length === 0 &&
  policies.length > 0 &&
  policies.every((groups) => groups.some((group) => group.length === 1 && group[0] === 'anyone'));

/** Whether everything that an operation begins with is open to anybody, as signing in is. */
export function isOpenToAnybody(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  { schema, policies }: { readonly schema: GraphQLSchema; readonly policies: PolicyMap },
): boolean {
  const type = schema.getRootType(operation.operation);
  return [...rootFieldsOf(operation, document)].every((field) => {
    const policy = policies[`${type?.name ?? ''}.${field}`];
    return policy !== undefined && isForAnyone(policy);
  });
}
