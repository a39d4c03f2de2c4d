import type { ConstDirectiveNode, DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { fragmentsOf } from '../operation/fragments.ts';
import { rootFieldsOf } from '../operation/root-fields.ts';
import { actsOf } from './audited-acts.ts';
import { compileAudit } from './audited-fields.ts';
import { footprintOf, type Footprint } from './footprint.ts';
import { createIdReader, type IdReader } from './id-arguments.ts';

/** What the audit needs to know of a loaded supergraph. */
export interface DeclaredSupergraph {
  readonly schema: GraphQLSchema;
  /** Keyed `Type.field`. */
  readonly directives: ReadonlyMap<string, readonly ConstDirectiveNode[]>;
}

/** An operation as it was read, and what it is meant for. */
export interface AskedOperation {
  /** SHA-256 of the text, in hex. */
  readonly hash: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly supergraph: DeclaredSupergraph;
}

/** What can be said of an operation whatever its variables are. */
export interface OperationFacts {
  readonly acts: readonly string[];
  /** Names of its root fields. */
  readonly rootFields: ReadonlySet<string>;
  /** SHA-256 of the text, in hex. */
  readonly documentHash: string;
  readonly footprint: Footprint;
  readonly readIds: IdReader;
}

/** Makes the reader of operations; each is read once, for as long as its parsed form and its supergraph are kept. */
export function createOperationReader(): (asked: AskedOperation) => OperationFacts {
  const readers = new WeakMap<DeclaredSupergraph, ReturnType<typeof readerOf>>();
  return (asked) => {
    const reader = readers.get(asked.supergraph) ?? readerOf(asked.supergraph);
    readers.set(asked.supergraph, reader);
    return reader(asked);
  };
}

function readerOf({ schema, directives }: DeclaredSupergraph) {
  const by = { schema, fields: compileAudit(directives, schema) };
  const readIds = createIdReader(by);
  const known = new WeakMap<OperationDefinitionNode, OperationFacts>();

  return ({ hash, document, operation }: AskedOperation): OperationFacts => {
    const earlier = known.get(operation);
    if (earlier !== undefined) return earlier;
    const fragments = fragmentsOf(document);
    const facts: OperationFacts = {
      acts: actsOf(operation, fragments, by),
      rootFields: rootFieldsOf(operation, document),
      documentHash: hash,
      footprint: footprintOf(operation, fragments, by),
      readIds,
    };
    known.set(operation, facts);
    return facts;
  };
}
