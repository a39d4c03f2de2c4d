import type { ErrorCode } from '@supergraph/platform/errors';
import type { OperationDefinitionNode } from 'graphql';

import { depthOf } from './operation/depth.ts';
import { expandedSize } from './operation/expanded-size.ts';
import type { Fragments } from './operation/fragments.ts';
import { rootFieldsOf } from './operation/root-fields.ts';
import type { TokenFacts } from './operation/scan-tokens.ts';

/** The largest HTTP body that is read. */
export const maxBodyBytes = 32 * 1_024;

/** The most tokens of a document. */
export const maxTokens = 1_000;

/** What a document may be, told before it is parsed, in the order in which it is checked. */
export const documentLimits: readonly {
  readonly fact: keyof TokenFacts;
  readonly max: number;
  readonly code: ErrorCode;
}[] = [
  { fact: 'nesting', max: 25, code: 'QUERY_TOO_DEEP' },
  { fact: 'aliases', max: 30, code: 'TOO_MANY_ALIASES' },
  { fact: 'directives', max: 10, code: 'QUERY_TOO_LONG' },
  { fact: 'tokens', max: maxTokens, code: 'QUERY_TOO_LONG' },
];

/** The planner works on the event loop, longest where selections cross subgraphs: everybody else waits for it. */
const maxExpandedSelections = 500;
const maxDepth = 10;
/** The introspection query of graphql-js and of Sandbox follows nine levels of list and non-null types. */
const maxIntrospectionDepth = 20;
const maxRootFields = 20;
/** Fields that guess a secret, change something or cost a call to KOS each time. */
const oncePerOperation = [
  'login',
  'refreshSession',
  'createProductOrder',
  'settleProductOrder',
  'createBillInquiry',
  'checkProductOfferingQualification',
];

type OperationLimit = (operation: OperationDefinitionNode, fragments: Fragments) => ErrorCode | null;

const expansion: OperationLimit = ({ selectionSet }, fragments) =>
  expandedSize(selectionSet, fragments) > maxExpandedSelections ? 'QUERY_TOO_COMPLEX' : null;

const depth: OperationLimit = ({ selectionSet }, fragments) => {
  const { data, introspection } = depthOf(selectionSet, fragments);
  return data > maxDepth || introspection > maxIntrospectionDepth ? 'QUERY_TOO_DEEP' : null;
};

const repetition: OperationLimit = ({ selectionSet }, fragments) => {
  const counts = rootFieldsOf(selectionSet, fragments);
  return oncePerOperation.some((field) => (counts.get(field) ?? 0) > 1) ? 'TOO_MANY_ALIASES' : null;
};

const rootFields: OperationLimit = ({ selectionSet }, fragments) => {
  const total = [...rootFieldsOf(selectionSet, fragments).values()].reduce((sum, count) => sum + count, 0);
  return total > maxRootFields ? 'QUERY_TOO_COMPLEX' : null;
};

/** What an operation may be, in the order in which it is checked. */
export const operationLimits: readonly OperationLimit[] = [expansion, depth, repetition, rootFields];
