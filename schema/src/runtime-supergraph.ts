import { Kind, parse, print, visit, type DirectiveNode } from 'graphql';

const isSecurityLink = (directive: DirectiveNode): boolean =>
  directive.name.value === 'link' &&
  (directive.arguments ?? []).some(
    ({ name, value }) => name.value === 'for' && value.kind === Kind.ENUM && value.value === 'SECURITY',
  );

/**
 * The supergraph as @apollo/gateway loads it: it refuses features whose purpose is SECURITY, since it would not enforce
 * them. Our gateway does, from the policies beside it, so the purpose is left out; the directives stay where they are.
 */
export function runtimeSdlOf(supergraphSdl: string): string {
  const runtime = visit(parse(supergraphSdl), {
    Directive: (node) =>
      isSecurityLink(node)
        ? { ...node, arguments: (node.arguments ?? []).filter((argument) => argument.name.value !== 'for') }
        : undefined,
  });
  return `${print(runtime)}\n`;
}
