import { filterSchema, pruneSchema } from '@graphql-tools/utils';
import type { DirectiveMap } from '@supergraph/schema/directive-map';
import { Kind, type GraphQLSchema } from 'graphql';

import { teachHouseScalars } from '../operation/house-scalars.ts';
import { hiddenTags, type Variant } from '../roles.ts';

/** The schema as each audience sees it. */
export type Contracts = Readonly<Record<Variant, GraphQLSchema>>;

function tagsAt(directives: DirectiveMap, coordinate: string): readonly string[] {
  return (directives.get(coordinate) ?? [])
    .filter(({ name }) => name.value === 'tag')
    .flatMap((tag) => (tag.arguments ?? []).map(({ value }) => (value.kind === Kind.STRING ? value.value : '')));
}

function contractOf(schema: GraphQLSchema, directives: DirectiveMap, hidden: readonly string[]): GraphQLSchema {
  const isShown = (coordinate: string) => !tagsAt(directives, coordinate).some((tag) => hidden.includes(tag));
  const isHiddenNowhere = [...directives.keys()].every(isShown);
  if (isHiddenNowhere) return schema;
  const isFieldShown = (type: string, field: string) => isShown(`${type}.${field}`);
  const contract = pruneSchema(
    filterSchema({
      schema,
      typeFilter: (name) => isShown(name),
      rootFieldFilter: isFieldShown,
      fieldFilter: isFieldShown,
      inputObjectFieldFilter: isFieldShown,
    }),
  );
  teachHouseScalars(contract);
  return contract;
}

/** Makes every contract of a schema out of its `@tag`s: what is tagged as hidden, and what only that leads to, is not there. */
export const contractsOf = (schema: GraphQLSchema, directives: DirectiveMap): Contracts => ({
  public: contractOf(schema, directives, hiddenTags.public),
  internal: contractOf(schema, directives, hiddenTags.internal),
});
