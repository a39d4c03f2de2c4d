import { maskValue } from '@supergraph/platform/privacy';
import type { DirectiveMap } from '@supergraph/schema/directive-map';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { isJsonObject, type JsonObject } from '../json-object.ts';
import { compileMasks } from './compile-masks.ts';
import { planMasking, type MaskPlan, type ObjectPlan } from './plan-masking.ts';

/** The type as the answer tells it; null when it was not asked to. */
function typeOf(object: Readonly<JsonObject>, { typeNameFields, possibleTypes }: ObjectPlan): string | null {
  for (const name of typeNameFields) {
    const told = object[name];
    if (typeof told === 'string' && possibleTypes.has(told)) return told;
  }
  return null;
}

const maskFields = (object: Readonly<JsonObject>, plans: ReadonlyMap<string, MaskPlan>): JsonObject =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const plan = plans.get(name);
      return [name, plan === undefined ? value : applyPlan(value, plan)];
    }),
  );

/** An object of unknown type is masked as if it were of each that it may be. */
function maskObject(object: Readonly<JsonObject>, plan: ObjectPlan): JsonObject {
  const told = typeOf(object, plan);
  const plans = told === null ? [...plan.byType.values()] : [plan.byType.get(told) ?? new Map<string, MaskPlan>()];
  return plans.reduce(maskFields, object);
}

function applyPlan(value: unknown, plan: MaskPlan): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => applyPlan(each, plan));
  if (typeof plan === 'string') return maskValue(plan, value);
  return isJsonObject(value) ? maskObject(value, plan) : value;
}

/** An answer as a role that may not see personal data gets it; what was given is left as it is. */
export type MaskAnswer = (answer: {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly data: JsonObject;
}) => JsonObject;

/**
 * Makes what masks answers over a supergraph, as its `@sensitive` says. Follows aliases, fragments and lists. What an
 * operation has masked is found once; one that asks for nothing sensitive costs a look-up. Throws as compileMasks does.
 */
export function createAnswerMasking(supergraph: {
  readonly schema: GraphQLSchema;
  readonly directives: DirectiveMap;
}): MaskAnswer {
  const { schema } = supergraph;
  const masks = compileMasks(supergraph.directives, schema);
  const plans = new WeakMap<OperationDefinitionNode, ObjectPlan | null>();

  return ({ document, operation, data }) => {
    const known = plans.get(operation);
    const plan = known === undefined ? planMasking({ schema, masks, document, operation }) : known;
    plans.set(operation, plan);
    return plan === null ? data : maskObject(data, plan);
  };
}
