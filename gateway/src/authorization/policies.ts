import type { ErrorCode } from '@supergraph/platform/errors';
import type { Viewer } from '@supergraph/platform/identity';

/** Who asks, as far as policies look at it. */
export interface Asker {
  readonly viewer: Viewer | null;
  /** Ids of the lines of the customer who asks; null when that is not known now, and the subgraphs decide alone. */
  readonly ownLineIds: readonly string[] | null;
}

/** A rule that `@policy` names in the schema. */
export interface Policy {
  /** `args` are those of the field, coerced. */
  readonly allows: (asker: Asker, args: Readonly<Record<string, unknown>>) => boolean;
  /** What is said to somebody signed in whom it does not allow. */
  readonly code: ErrorCode;
  /** Whether it looks at arguments, so that it is asked about each place by itself. */
  readonly isAboutArguments: boolean;
}

/** Whoever signs in is nobody before the field and somebody below it; see `signsIn`. */
export const signInPolicy = 'signs_in';

/** Every policy of the schema by its name. A name that is not here keeps the gateway from starting. */
export const policies: Readonly<Record<string, Policy>> = {
  /** Signing in, and what is learned by it. */
  anyone: { allows: () => true, code: 'FORBIDDEN', isAboutArguments: false },
  /** Below this field everything is asked as the person who signs in by this very operation. */
  [signInPolicy]: { allows: () => true, code: 'FORBIDDEN', isAboutArguments: false },
  /** The line named by `id` is one of the caller's; a stranger's and none at all are told alike. */
  own_line: {
    allows: ({ ownLineIds }, { id }) => ownLineIds === null || ownLineIds.some((own) => own === id),
    code: 'NOT_FOUND',
    isAboutArguments: true,
  },
};
