import { Kind, OperationTypeNode, parse, print, visit, type DocumentNode, type FragmentDefinitionNode } from 'graphql';

import { operationIdOf, type RegisteredOperation } from './operation-manifest.ts';

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Documents of a client that cannot be registered, one sentence each. */
export class CannotRegister extends Error {}

/** The fragments that a node spreads, and those spread within them, by name in order. */
function fragmentsUsedIn(node: DocumentNode['definitions'][number], fragments: Fragments): readonly string[] {
  const found = new Set<string>();
  const look = (within: DocumentNode['definitions'][number]) => {
    visit(within, {
      FragmentSpread: ({ name: { value } }) => {
        if (found.has(value)) return;
        found.add(value);
        const fragment = fragments.get(value);
        if (fragment === undefined) throw new CannotRegister(`no document defines the fragment ${value}`);
        look(fragment);
      },
    });
  };
  look(node);
  return [...found].sort();
}

/**
 * Makes the manifest entries of a client's documents: each operation with the fragments it uses, printed alike whoever
 * wrote it, ordered by name. Throws CannotRegister.
 */
export function registerOperations(documents: readonly string[]): readonly RegisteredOperation[] {
  const definitions = documents.flatMap((text) => parse(text, { noLocation: true }).definitions);
  const fragments: Fragments = new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const registered = definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation): RegisteredOperation => {
      const name = operation.name?.value;
      const type = operation.operation;
      if (name === undefined) throw new CannotRegister('an operation has no name');
      if (type === OperationTypeNode.SUBSCRIPTION) throw new CannotRegister(`${name} is a subscription`);
      const used = fragmentsUsedIn(operation, fragments).flatMap((each) => fragments.get(each) ?? []);
      const body = [operation, ...used].map((definition) => print(definition)).join('\n\n');
      return { id: operationIdOf(body), name, type, body };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const twice = registered.find(({ name }, at) => registered[at + 1]?.name === name);
  if (twice !== undefined) throw new CannotRegister(`${twice.name} is defined twice`);
  return registered;
}
