import type { PolicyMap } from '@supergraph/schema/field-policies';
import {
  getNamedType,
  isLeafType,
  Kind,
  OperationTypeNode,
  parse,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

import { expandOperation } from '../operation/expand-operation.ts';
import { prepareAuthorization } from './authorize.ts';
import { unknownPolicies } from './requirement.ts';
import { isForAnyone } from './open-to-anybody.ts';

/** The gateway would show somebody what they may not see. */
export class NotProtected extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The supergraph is not protected:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
    this.name = 'NotProtected';
    this.problems = problems;
  }
}

/** Asks for one root field as nobody, by the very decision that requests go through. */
function isRefusedToNobody(
  schema: GraphQLSchema,
  policies: PolicyMap,
  asked: { readonly root: OperationTypeNode; readonly field: GraphQLField<unknown, unknown> },
): boolean {
  const { root, field } = asked;
  const inner = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  const [operation] = parse(`${root} { ${field.name}${inner} }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return false;
  const authorize = prepareAuthorization(expandOperation(schema, operation, new Map()), policies);
  return authorize({ viewer: null, ownLineIds: null }, {}).size > 0;
}

function openFields(schema: GraphQLSchema, policies: PolicyMap, root: OperationTypeNode): readonly string[] {
  const type = schema.getRootType(root);
  if (type === null || type === undefined) return [];
  return Object.values(type.getFields())
    .filter((field) => {
      const policy = policies[`${type.name}.${field.name}`];
      const isMeantToBeOpen = policy !== undefined && isForAnyone(policy);
      return !isMeantToBeOpen && !isRefusedToNobody(schema, policies, { root, field });
    })
    .map((field) => `anybody gets an answer from ${type.name}.${field.name}`);
}

/**
 * Proves on a supergraph that it is protected: nobody gets at a root field unless it says that anyone may, and every rule
 * that the schema names is one we have. Enforcement that is missing is silent; this makes it loud. Throws NotProtected.
 */
export function proveProtection(schema: GraphQLSchema, policies: PolicyMap): void {
  const unknown = Object.entries(policies).flatMap(([place, policy]) =>
    unknownPolicies(policy).map((name) => `${place} names a policy that does not exist: ${name}`),
  );
  const open = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION].flatMap((root) =>
    openFields(schema, policies, root),
  );
  if (unknown.length + open.length > 0) throw new NotProtected([...unknown, ...open]);
}
