import { createHash } from 'node:crypto';

import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import type { Logger } from '@supergraph/platform/telemetry';
import { directivesIn, type DirectiveMap } from '@supergraph/schema/directive-map';
import { fieldPoliciesOf, type PolicyMap } from '@supergraph/schema/field-policies';
import { runtimeSdlOf } from '@supergraph/schema/runtime-supergraph';
import { parse, type GraphQLSchema } from 'graphql';

import { proveProtection } from '../authorization/self-proof.ts';
import { teachHouseScalars } from '../operation/house-scalars.ts';
import { createAnswerMasking, type MaskAnswer } from '../privacy/mask-answer.ts';
import type { GatewayContext } from '../request-context.ts';
import type { Subgraph, Supergraph } from '../supergraph.ts';
import { apolloLogger } from './apollo-logger.ts';
import { contractsOf, type Contracts } from './contracts.ts';
import { guardExecution, type Execute } from './guard-execution.ts';
import { countFetches, RehearsalOver, type Rehearsal } from './rehearsal.ts';
import { tellIncomplete } from './tell-incomplete.ts';

/** A supergraph that operations can run on, with everything its SDL says about them. */
export interface LoadedSupergraph {
  /** SHA-256 of the SDL, hex. */
  readonly id: string;
  readonly sdl: string;
  readonly subgraphs: readonly Subgraph[];
  /** What clients may ask, over all contracts. */
  readonly schema: GraphQLSchema;
  readonly directives: DirectiveMap;
  readonly policies: PolicyMap;
  readonly contracts: Contracts;
  /** Runs a validated operation, and nothing of it that its asker may not see. */
  readonly execute: Execute;
  /** Hides what is personal in an answer. */
  readonly maskAnswer: MaskAnswer;
  stop(): Promise<void>;
}

/**
 * Bounds of the planner, which runs on the event loop: how many plans it weighs, and how many paths it keeps for one field.
 * On our graph more plans make it slower and no plan better (docs/decisions/0021-cost.md); on others they do.
 */
const plannerBounds = {
  ours: { maxEvaluatedPlans: 8, pathsLimit: 1_000 },
  others: { maxEvaluatedPlans: 1_000, pathsLimit: 1_000 },
} as const;

/**
 * Loads a supergraph from its own text, never asking a subgraph for its schema. Throws when the text is no supergraph, and
 * NotProtected when it would let nobody at what is not for anybody; `hasPolicies: false` leaves its policies out.
 */
export async function loadSupergraph(
  supergraph: Supergraph,
  by: {
    readonly sourceOf: (subgraph: Subgraph) => GraphQLDataSource<GatewayContext>;
    readonly hasPolicies: boolean;
    readonly log: Logger;
  },
): Promise<LoadedSupergraph> {
  const { sdl, subgraphs } = supergraph;
  const document = parse(sdl, { noLocation: true });
  const urls = new Map(subgraphs.map(({ name, url }) => [name, url]));
  const gateway = new ApolloGateway({
    supergraphSdl: runtimeSdlOf(sdl),
    buildService: ({ name, url }) => by.sourceOf({ name, url: urls.get(name) ?? url ?? '' }),
    queryPlannerConfig: { debug: by.hasPolicies ? plannerBounds.ours : plannerBounds.others },
    __exposeQueryPlanExperimental: false,
    logger: apolloLogger(by.log),
    experimental_didResolveQueryPlan: ({ queryPlan, requestContext }) => {
      const rehearsal = requestContext.context['rehearsal'] as Rehearsal | undefined;
      if (rehearsal === undefined) return;
      rehearsal.fetches = countFetches(queryPlan.node);
      throw new RehearsalOver();
    },
  });
  let loaded: GraphQLSchema | null = null;
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    loaded = apiSchema;
  });
  const { executor } = await gateway.load();
  const schema = assertLoaded(loaded);
  // on a graph that is not ours a Date may be anything
  if (by.hasPolicies) teachHouseScalars(schema);
  const directives = directivesIn(document);
  const policies = by.hasPolicies ? fieldPoliciesOf(document) : {};
  if (by.hasPolicies) proveProtection(schema, policies);
  return {
    id: createHash('sha256').update(sdl).digest('hex'),
    sdl,
    subgraphs,
    schema,
    directives,
    policies,
    contracts: by.hasPolicies ? contractsOf(schema, directives) : { public: schema, internal: schema },
    execute: guardExecution({ schema, policies, execute: tellIncomplete(schema, executor) }),
    maskAnswer: createAnswerMasking({ schema, directives: by.hasPolicies ? directives : new Map() }),
    stop: () => gateway.stop(),
  };
}

function assertLoaded(schema: GraphQLSchema | null): GraphQLSchema {
  if (schema === null) throw new Error('@apollo/gateway loaded no schema');
  return schema;
}
