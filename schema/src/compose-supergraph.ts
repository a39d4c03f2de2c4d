import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

import { fieldPoliciesOf, fieldsWithoutPolicy, type PolicyMap } from './field-policies.ts';
import type { SubgraphDeclaration } from './read-rover-config.ts';
import { runtimeSdlOf } from './runtime-supergraph.ts';

/** Why subgraphs do not fit together, one sentence each. */
export class CompositionFailed extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The subgraphs do not compose:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
    this.name = 'CompositionFailed';
    this.problems = problems;
  }
}

/** What composition makes out of the subgraphs. */
export interface Composed {
  /** For every federation router: with the authorization directives and their purpose. */
  readonly supergraphSdl: string;
  /** For @apollo/gateway. */
  readonly runtimeSdl: string;
  /** What each field demands, as our gateway enforces it. */
  readonly policies: PolicyMap;
  readonly hints: readonly string[];
}

const header = '# Composed from schema/subgraphs by `npm run compose`. Do not edit.\n';

/** Fits subgraphs together, whatever they say about who may see what. Throws CompositionFailed. */
export function fitTogether(subgraphs: readonly Pick<SubgraphDeclaration, 'name' | 'routingUrl' | 'sdl'>[]): {
  readonly sdl: string;
  readonly hints: readonly string[];
} {
  const result = composeServices(
    subgraphs.map(({ name, routingUrl, sdl }) => ({ name, url: routingUrl, typeDefs: parse(sdl) })),
  );
  if (result.errors !== undefined) throw new CompositionFailed(result.errors.map((error) => error.message));
  return { sdl: result.supergraphSdl, hints: result.hints.map((hint) => hint.toString()) };
}

/** Composes subgraphs. A field that does not say who may see it is a problem like any other. Throws CompositionFailed. */
export function composeSupergraph(subgraphs: readonly SubgraphDeclaration[]): Composed {
  const { sdl, hints } = fitTogether(subgraphs);
  const supergraph = parse(sdl);
  const open = fieldsWithoutPolicy(supergraph);
  if (open.length > 0) {
    throw new CompositionFailed(
      open.map((place) => `${place} does not say who may see it: @authenticated, @requiresScopes or @policy`),
    );
  }
  return {
    supergraphSdl: `${header}${sdl.trimEnd()}\n`,
    runtimeSdl: `${header}${runtimeSdlOf(sdl)}`,
    policies: fieldPoliciesOf(supergraph),
    hints,
  };
}
