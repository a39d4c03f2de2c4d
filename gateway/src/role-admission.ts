import { CodedError } from '@supergraph/platform/errors';
import { OperationTypeNode, type OperationDefinitionNode } from 'graphql';

import { assertWithin } from './operation-limits.ts';
import { asksForSchema, type ReadDocument } from './operation/read-document.ts';
import { rootFieldsOf } from './operation/root-fields.ts';
import { sessionMutations, type Role } from './roles.ts';

/** Throws when somebody of a role may not ask such an operation: too large, about the schema, or a change. */
export type AssertAllowed = (
  role: Role,
  asked: { readonly read: ReadDocument; readonly operation: OperationDefinitionNode },
) => void;

/** Makes the check of an operation against the row of its asker's role. */
export const createRoleAdmission =
  (options: { readonly allowsIntrospectionToAll: boolean }): AssertAllowed =>
  (role, { read, operation }) => {
    assertWithin(read.facts, role.limits);
    if (asksForSchema(read) && !options.allowsIntrospectionToAll && !role.allowsIntrospection) {
      throw new CodedError('INTROSPECTION_DISABLED');
    }
    if (!role.isReadOnly || operation.operation !== OperationTypeNode.MUTATION) return;
    const changes = rootFieldsOf(operation, read.document);
    if ([...changes].some((change) => !sessionMutations.includes(change))) throw new CodedError('FORBIDDEN');
  };
