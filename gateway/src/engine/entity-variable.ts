import { createHash } from 'node:crypto';

import type { ApolloGateway } from '@apollo/gateway';
import { Kind, visit, type DocumentNode, type OperationDefinitionNode, type VariableNode } from 'graphql';

import { operationsOf } from '../operation/facts.ts';

type Run = Parameters<ApolloGateway['executor']>[0];

/** The variable by which @apollo/gateway names entities to subgraphs: it fails where an operation brings one of its own. */
const entityVariable = 'representations';

/** An operation in which that variable has another name. */
interface Renamed {
  readonly name: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly queryHash: string;
}

const bringsEntityVariable = ({ variableDefinitions = [] }: OperationDefinitionNode): boolean =>
  variableDefinitions.some(({ variable }) => variable.name.value === entityVariable);

function freeNameIn(document: DocumentNode): string {
  const taken = new Set<string>();
  visit(document, { Variable: ({ name }) => void taken.add(name.value) });
  let name = entityVariable;
  while (taken.has(name)) name = `_${name}`;
  return name;
}

function rename({ document, operation, queryHash }: Run): Renamed {
  const name = freeNameIn(document);
  const renamed = visit(document, {
    Variable: (variable): VariableNode | undefined =>
      variable.name.value === entityVariable ? { ...variable, name: { kind: Kind.NAME, value: name } } : undefined,
  });
  const at = operationsOf(document).indexOf(operation);
  return {
    name,
    document: renamed,
    operation: operationsOf(renamed)[at] ?? operation,
    // plans are remembered by it, and one of the text as it came may be from before
    queryHash: createHash('sha256').update('renamed\n').update(queryHash).digest('hex'),
  };
}

/** Values by the new name; what else had that name was declared by nobody. */
const renamedValues = (values: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key !== name)
      .map(([key, value]) => [key === entityVariable ? name : key, value]),
  );

/** Lets clients call a variable as the engine calls its own: what the engine is given to run has another name for it. */
export function createEntityVariableKeeper(): (run: Run) => Run {
  const known = new WeakMap<OperationDefinitionNode, Renamed>();
  return (run) => {
    if (!bringsEntityVariable(run.operation)) return run;
    const renamed = known.get(run.operation) ?? rename(run);
    known.set(run.operation, renamed);
    const { name, document, operation, queryHash } = renamed;
    const variables = renamedValues(run.request.variables ?? {}, name);
    return { ...run, document, operation, queryHash, request: { ...run.request, variables } };
  };
}
