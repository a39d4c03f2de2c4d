import type { ErrorCode } from '@supergraph/platform/errors';
import type { PolicyMap, FieldPolicy } from '@supergraph/schema/field-policies';
import { getArgumentValues, GraphQLError } from 'graphql';

import { isIncluded, type Selected, type SelectedField, type Variables } from '../operation/expand-operation.ts';
import {
  requiresAnything,
  isAboutArguments,
  refusalOf,
  refusalWhileSigningIn,
  signsIn,
  type Arguments,
} from './requirement.ts';
import type { Asker } from './policies.ts';

/** The fields of one request that its asker may not see, with what to say of each. */
export type Denied = ReadonlyMap<SelectedField, ErrorCode>;

/** A field that requires something, in its place in an operation. */
interface GuardedPlace {
  readonly field: SelectedField;
  readonly policy: FieldPolicy;
  readonly isSigningIn: boolean;
  /** What stands above it and may be left out by `@skip` or `@include`; the field itself last. */
  readonly way: readonly Selected[];
}

/** Decides about one operation, for anybody who may ask it. */
export type Authorize = (asker: Asker, variables: Variables) => Denied;

function placesIn(selections: readonly Selected[], policies: PolicyMap): readonly GuardedPlace[] {
  function walk(level: readonly Selected[], way: readonly Selected[], isSigningIn: boolean): readonly GuardedPlace[] {
    return level.flatMap((selected): readonly GuardedPlace[] => {
      const here = [...way, selected];
      if (selected.kind === 'fragment') return walk(selected.selections, here, isSigningIn);
      const policy = policies[`${selected.parent.name}.${selected.node.name.value}`];
      const isBelow = isSigningIn || (policy !== undefined && signsIn(policy));
      const inner = walk(selected.selections, here, isBelow);
      if (policy === undefined || !requiresAnything(policy)) return inner;
      return [{ field: selected, policy, isSigningIn: isBelow, way: here }, ...inner];
    });
  }
  return walk(selections, [], false);
}

function argumentsOf({ node, definition }: SelectedField, variables: Variables): Arguments | null {
  if (definition === null) return {};
  try {
    return getArgumentValues(definition, node, variables);
  } catch (error) {
    // a value that does not fit is refused as such, by whoever would use it
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

/**
 * Prepares the decision about an operation: finds once what requires anything, and then asks each different requirement
 * once a request, and those about arguments for each place.
 */
export function prepareAuthorization(selections: readonly Selected[], policies: PolicyMap): Authorize {
  const places = placesIn(selections, policies);

  function codeAt({ field, policy, isSigningIn }: GuardedPlace, asker: Asker, variables: Variables): ErrorCode | null {
    if (isSigningIn) return refusalWhileSigningIn(policy);
    if (!isAboutArguments(policy)) return refusalOf(policy, asker, {});
    const args = argumentsOf(field, variables);
    return args === null ? refusalOf({ ...policy, policies: [] }, asker, {}) : refusalOf(policy, asker, args);
  }

  return (asker, variables) => {
    const decided = new Map<FieldPolicy, ErrorCode | null>();
    const denied = new Map<SelectedField, ErrorCode>();
    for (const place of places) {
      const isOnce = !place.isSigningIn && !isAboutArguments(place.policy);
      const earlier = isOnce ? decided.get(place.policy) : undefined;
      const code = earlier === undefined ? codeAt(place, asker, variables) : earlier;
      if (isOnce) decided.set(place.policy, code);
      if (code === null || !place.way.every((selected) => isIncluded(selected, variables))) continue;
      denied.set(place.field, code);
    }
    return denied;
  };
}
