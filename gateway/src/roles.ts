import type { Viewer } from '@supergraph/platform/identity';

/** What an operation may be for somebody. */
export interface RoleLimits {
  /** Levels of fields. */
  readonly maxDepth: number;
  /** Different fields in all. */
  readonly maxHeight: number;
  readonly maxAliases: number;
  readonly maxRootFields: number;
  /** How often a mutation may ask for the same root field; once, unless it is said here. */
  readonly maxSameMutation?: number;
}

/** Everything the gateway grants or denies by what somebody is to us. */
export interface Role {
  readonly name: RoleName;
  /** The scopes that a token of this role may carry; any other in it counts for nothing. */
  readonly scopes: readonly string[];
  /** May ask what the schema is in production, too. */
  readonly allowsIntrospection: boolean;
  readonly limits: RoleLimits;
  /** The most one operation may cost, by `@cost` and `@listSize`. */
  readonly maxCost: number;
  readonly requestsPerMinute: number;
  /** Queries, and of the mutations only those about their own session. */
  readonly isReadOnly: boolean;
  /** Whether `@sensitive` fields are shown in full or masked. */
  readonly masking: 'none' | 'masked';
  /** The part of the schema that exists for this role: `public` is without what is tagged `internal`. */
  readonly variant: Variant;
  /** Whether the answer says what it cost. */
  readonly seesCost: boolean;
  /** May send operations that nobody registered, whatever its client is bound to. */
  readonly mayExplore: boolean;
}

export type RoleName = 'ANONYMOUS' | Viewer['role'];

/** A contract: the schema as one audience sees it. */
export type Variant = 'public' | 'internal';

/** The tags whose elements are not part of a contract. */
export const hiddenTags: Readonly<Record<Variant, readonly string[]>> = { public: ['internal'], internal: [] };

/** What somebody who may only read can still do: come and go. */
export const sessionMutations: readonly string[] = ['login', 'refreshSession', 'logout', 'revokeSession'];

const ofApps: RoleLimits = { maxDepth: 10, maxHeight: 200, maxAliases: 30, maxRootFields: 10 };
const ofExplorers: RoleLimits = { maxDepth: 12, maxHeight: 300, maxAliases: 30, maxRootFields: 20 };

/** ADMIN, where it was granted, stands for each of the services. */
const customersServices = ['BILL_INQUIRY', 'PRODUCT_CHANGE', 'ADMIN'] as const;

/** The one table of what each role may do. */
export const roles: Readonly<Record<RoleName, Role>> = {
  /** Nobody yet: may sign in. Counted by address, and that of a mobile carrier stands for thousands. */
  ANONYMOUS: {
    name: 'ANONYMOUS',
    scopes: [],
    allowsIntrospection: false,
    limits: { maxDepth: 8, maxHeight: 150, maxAliases: 10, maxRootFields: 5 },
    maxCost: 200,
    requestsPerMinute: 1_200,
    isReadOnly: false,
    masking: 'masked',
    variant: 'public',
    seesCost: false,
    mayExplore: false,
  },
  /** Sees and changes what is their own. */
  CUSTOMER: {
    name: 'CUSTOMER',
    scopes: customersServices,
    allowsIntrospection: false,
    limits: ofApps,
    maxCost: 500,
    requestsPerMinute: 100,
    isReadOnly: false,
    masking: 'none',
    variant: 'public',
    seesCost: false,
    mayExplore: false,
  },
  /** Settles what the system cannot; sees nobody's personal data. */
  OPERATOR: {
    name: 'OPERATOR',
    scopes: [...customersServices, 'ORDER_SETTLEMENT'],
    allowsIntrospection: true,
    limits: ofApps,
    maxCost: 2_000,
    requestsPerMinute: 300,
    isReadOnly: false,
    masking: 'masked',
    variant: 'internal',
    seesCost: false,
    mayExplore: false,
  },
  /** Explores, and changes nothing. */
  ANALYST: {
    name: 'ANALYST',
    scopes: customersServices,
    allowsIntrospection: true,
    limits: ofExplorers,
    maxCost: 2_000,
    requestsPerMinute: 120,
    isReadOnly: true,
    masking: 'masked',
    variant: 'public',
    seesCost: true,
    mayExplore: true,
  },
  /** Composes subgraphs of their own with ours. */
  PARTNER: {
    name: 'PARTNER',
    scopes: [],
    allowsIntrospection: true,
    limits: ofApps,
    maxCost: 500,
    requestsPerMinute: 120,
    isReadOnly: true,
    masking: 'masked',
    variant: 'public',
    seesCost: false,
    mayExplore: false,
  },
  /** Builds the clients and the subgraphs. */
  DEVELOPER: {
    name: 'DEVELOPER',
    scopes: [],
    allowsIntrospection: true,
    limits: ofExplorers,
    maxCost: 2_000,
    requestsPerMinute: 300,
    isReadOnly: true,
    masking: 'masked',
    variant: 'internal',
    seesCost: true,
    mayExplore: true,
  },
};

/** The row of whoever asks. */
export const roleOf = (viewer: Viewer | null): Role => roles[viewer?.role ?? 'ANONYMOUS'];

/** The row of everybody on a graph that is not ours: what is large is refused, and nothing else. */
export const openRole: Role = {
  ...roles.DEVELOPER,
  limits: { ...ofExplorers, maxSameMutation: Number.POSITIVE_INFINITY },
  // what does not say how long its lists are cannot be priced
  maxCost: Number.POSITIVE_INFINITY,
  isReadOnly: false,
  masking: 'none',
  seesCost: false,
};

/** A viewer with no more scopes than the role may have, whatever the token says. */
export const withinRole = (viewer: Viewer): Viewer => ({
  ...viewer,
  scopes: viewer.scopes.filter((scope) => roles[viewer.role].scopes.includes(scope)),
});
