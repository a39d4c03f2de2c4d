import { composeServices } from '@apollo/composition';
import { Kind, parse, print, visit, type ConstDirectiveNode, type DocumentNode } from 'graphql';

import type { SubgraphDeclaration } from './read-rover-config.ts';

/** Why subgraphs do not fit together, one sentence each. */
export class CompositionFailed extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The subgraphs do not compose:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
    this.name = 'CompositionFailed';
    this.problems = problems;
  }
}

const isSecurityLink = (directive: ConstDirectiveNode): boolean =>
  directive.name.value === 'link' &&
  (directive.arguments ?? []).some(
    ({ name, value }) => name.value === 'for' && value.kind === Kind.ENUM && value.value === 'SECURITY',
  );

/**
 * @apollo/gateway refuses a supergraph with SECURITY features, since it would not enforce them. The subgraphs do, from
 * their own SDL; so the links' purpose is left out here and the directives stay in place to be read.
 */
function withoutSecurityPurpose(supergraph: DocumentNode): DocumentNode {
  return visit(supergraph, {
    Directive: (node) => {
      if (!isSecurityLink(node as ConstDirectiveNode)) return undefined;
      return { ...node, arguments: (node.arguments ?? []).filter((argument) => argument.name.value !== 'for') };
    },
  });
}

const header = '# Composed from schema/subgraphs by `npm run compose`. Do not edit.\n';

/** Composes subgraphs into the supergraph that the gateway loads. Throws CompositionFailed. */
export function composeSupergraph(subgraphs: readonly SubgraphDeclaration[]): {
  readonly supergraphSdl: string;
  readonly hints: readonly string[];
} {
  const result = composeServices(
    subgraphs.map(({ name, routingUrl, sdl }) => ({ name, url: routingUrl, typeDefs: parse(sdl) })),
  );
  if (result.errors !== undefined) throw new CompositionFailed(result.errors.map((error) => error.message));
  return {
    supergraphSdl: `${header}${print(withoutSecurityPurpose(parse(result.supergraphSdl)))}\n`,
    hints: result.hints.map((hint) => hint.toString()),
  };
}
