import type { ErrorCode } from '@supergraph/platform/errors';
import type { FieldPolicy } from '@supergraph/schema/field-policies';

import { policies, signInPolicy, type Asker } from './policies.ts';

/** The arguments of a field, coerced; asked for only by policies about them. */
export type Arguments = Readonly<Record<string, unknown>>;

const namesIn = ({ policies: requirements }: FieldPolicy): readonly string[] => requirements.flat(2);

/** The policies a field names that nobody has written. */
export const unknownPolicies = (policy: FieldPolicy): readonly string[] =>
  namesIn(policy).filter((name) => !Object.hasOwn(policies, name));

/** Whether a field asks anything of anybody. */
export const requiresAnything = ({ isForSignedIn, scopes, policies: requirements }: FieldPolicy): boolean =>
  isForSignedIn || scopes.length > 0 || requirements.length > 0;

/** Whether the answer may differ between two places of the same field. */
export const isAboutArguments = (policy: FieldPolicy): boolean =>
  namesIn(policy).some((name) => policies[name]?.isAboutArguments === true);

/** Whether whatever is selected below belongs to the person who signs in by it. */
export const signsIn = (policy: FieldPolicy): boolean => namesIn(policy).includes(signInPolicy);

/** Why somebody may not see a field: the code to say, null when they may. */
export function refusalOf(policy: FieldPolicy, asker: Asker, args: Arguments): ErrorCode | null {
  const { viewer } = asker;
  if (viewer === null && (policy.isForSignedIn || policy.scopes.length > 0)) return 'UNAUTHENTICATED';
  const held = new Set(viewer?.scopes ?? []);
  const holdsAll = (group: readonly string[]) => group.every((scope) => held.has(scope));
  if (!policy.scopes.every((groups) => groups.some(holdsAll))) return 'FORBIDDEN';
  for (const groups of policy.policies) {
    const failing = groups.map((group) => group.find((name) => policies[name]?.allows(asker, args) !== true));
    if (failing.includes(undefined)) continue;
    const [first = ''] = failing.filter((name) => name !== undefined);
    return viewer === null ? 'UNAUTHENTICATED' : (policies[first]?.code ?? 'FORBIDDEN');
  }
  return null;
}

/** The same for what is selected below a sign-in: good for anything that being signed in is enough for. */
export const refusalWhileSigningIn = (policy: FieldPolicy): ErrorCode | null =>
  policy.scopes.length > 0 ? 'UNAUTHENTICATED' : null;
