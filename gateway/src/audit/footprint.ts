import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

import { fieldOn } from '../operation/expand-operation.ts';
import type { Fragments } from '../operation/fragments.ts';
import { compositeNamed } from './audited-acts.ts';
import type { AuditedFields } from './audited-fields.ts';
import { idArgumentsOf, type IdArgument } from './id-arguments.ts';

/** An object of an answer, and under which names it says what the audit wants to know. */
export interface Place {
  /** Its own id, where that says whose data it is. */
  readonly ids: Set<string>;
  /** An access token, which says whom it was given to: whoever signs in need not ask for an id. */
  readonly tokens: Set<string>;
  /** Lists of the rows of a page. */
  readonly pages: Set<string>;
  /** The code of an expected refusal. */
  readonly codes: Set<string>;
  /** Whatever else: where fragments give a code's name to another field, too, it does not tell which of them it is. */
  readonly others: Set<string>;
  readonly below: Map<string, Step>;
}

/** A way from an object to what lies under one of its names. */
export interface Step {
  isAudited: boolean;
  readonly place: Place;
}

/** Where an operation, and the answer to it, say whose data it is about. */
export interface Footprint {
  readonly idArguments: readonly IdArgument[];
  readonly answer: Place;
}

/** What a role may select is far below. */
const mostSelections = 5_000;
const pageFields = new Set(['edges', 'nodes']);
const refusalInterface = 'UserError';
const tokenField = 'accessToken';

const isRefusal = (type: GraphQLCompositeType): boolean =>
  type.name === refusalInterface ||
  ((isObjectType(type) || isInterfaceType(type)) && type.getInterfaces().some(({ name }) => name === refusalInterface));

const anEmptyPlace = (): Place => ({
  ids: new Set(),
  tokens: new Set(),
  pages: new Set(),
  codes: new Set(),
  others: new Set(),
  below: new Map(),
});
const isTelling = ({ isAudited, place }: Step): boolean =>
  isAudited || place.ids.size > 0 || place.tokens.size > 0 || place.codes.size > 0 || place.below.size > 0;

/** Finds the footprint of an operation that is within the limits; made once a document. */
export function footprintOf(
  operation: OperationDefinitionNode,
  fragments: Fragments,
  by: { readonly schema: GraphQLSchema; readonly fields: AuditedFields },
): Footprint {
  const { schema, fields } = by;
  const idArguments: IdArgument[] = [];
  /** The fragments that are within one another at the moment; one within itself is refused by validation. */
  const spreading = new Set<string>();
  let selectionsLeft = mostSelections;

  /** These four answer whether anything in what they walk is audited. */
  function walkSet(set: SelectionSetNode, type: GraphQLCompositeType | null, place: Place): boolean {
    if (type === null) return false;
    let isAudited = false;
    for (const selection of set.selections) isAudited = walk(selection, type, place) || isAudited;
    return isAudited;
  }

  function walk(selection: SelectionNode, type: GraphQLCompositeType, place: Place): boolean {
    selectionsLeft -= 1;
    if (selectionsLeft < 0) return false;
    switch (selection.kind) {
      case Kind.FIELD:
        return walkField(selection, type, place);
      case Kind.INLINE_FRAGMENT:
        return walkFragment(selection, type, place);
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (fragment === undefined || spreading.has(name)) return false;
        spreading.add(name);
        const isAudited = walkFragment(fragment, type, place);
        spreading.delete(name);
        return isAudited;
      }
    }
  }

  function walkFragment(
    { selectionSet, typeCondition }: InlineFragmentNode | FragmentDefinitionNode,
    type: GraphQLCompositeType,
    place: Place,
  ): boolean {
    const narrowed = typeCondition === undefined ? type : compositeNamed(schema, typeCondition.name.value);
    return walkSet(selectionSet, narrowed, place);
  }

  function walkField(node: FieldNode, type: GraphQLCompositeType, place: Place): boolean {
    const field = fieldOn(type, node.name.value);
    if (field === null) return false;
    const key = node.alias?.value ?? field.name;
    if (field.name === 'id' && fields.isSubject(type)) place.ids.add(key);
    if (field.name === tokenField) place.tokens.add(key);
    (field.name === 'code' && isRefusal(type) ? place.codes : place.others).add(key);
    if (pageFields.has(field.name)) place.pages.add(key);

    const step = place.below.get(key) ?? { isAudited: false, place: anEmptyPlace() };
    const isAct = fields.actsOf(type, field.name).length > 0;
    const hasActs =
      node.selectionSet !== undefined &&
      walkSet(node.selectionSet, compositeNamed(schema, getNamedType(field.type).name), step.place);
    step.isAudited ||= isAct;
    if (isTelling(step)) place.below.set(key, step);
    if (isAct || hasActs) idArguments.push(...idArgumentsOf(field, node));
    return isAct || hasActs;
  }

  const answer = anEmptyPlace();
  walkSet(operation.selectionSet, schema.getRootType(operation.operation) ?? null, answer);
  return { idArguments, answer };
}
