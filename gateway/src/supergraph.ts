import { Kind, parse, type ConstDirectiveNode } from 'graphql';

/** One service behind the gateway. */
export interface Subgraph {
  readonly name: string;
  /** Where its GraphQL is answered. */
  readonly url: string;
}

/** What the gateway serves. */
export interface Supergraph {
  readonly sdl: string;
  readonly subgraphs: readonly Subgraph[];
}

function textArgument(directive: ConstDirectiveNode, name: string): string {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value?.kind !== Kind.STRING) throw new Error(`@join__graph lacks ${name}; compose the supergraph again`);
  return value.value;
}

/** Reads a supergraph's SDL; addresses given by subgraph name take the place of its routing URLs. */
export function readSupergraph(sdl: string, otherUrls: Readonly<Record<string, string>>): Supergraph {
  const subgraphs = parse(sdl, { noLocation: true })
    .definitions.filter((definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION)
    .filter((definition) => definition.name.value === 'join__Graph')
    .flatMap((definition) => definition.values ?? [])
    .flatMap((value) => value.directives ?? [])
    .filter((directive) => directive.name.value === 'join__graph')
    .map((directive) => {
      const name = textArgument(directive, 'name');
      return { name, url: otherUrls[name.toLowerCase()] ?? textArgument(directive, 'url') };
    });
  return { sdl, subgraphs };
}
