import { isJsonObject } from '../json-object.ts';
import { isIncluded, type Selected, type SelectedField } from '../operation/expand-operation.ts';
import { argumentsGiven, costOfArguments, type WrittenOut } from './estimate-cost.ts';
import type { Prices } from './prices.ts';

/** The fields that share a place in the answer; what is selected in any of them is there. */
type Places = ReadonlyMap<string, readonly SelectedField[]>;

/** What an answer cost by the same prices: what is not there, by its type or since it was left out, costs nothing. */
export function countCost({ selections, variables }: WrittenOut, prices: Prices, data: unknown): number {
  const insides = new WeakMap<readonly SelectedField[], Places>();

  function placesIn(content: readonly Selected[], places = new Map<string, SelectedField[]>()): Places {
    for (const selected of content.filter((each) => isIncluded(each, variables))) {
      if (selected.kind === 'fragment') placesIn(selected.selections, places);
      else places.set(selected.key, [...(places.get(selected.key) ?? []), selected]);
    }
    return places;
  }

  function insideOf(fields: readonly SelectedField[]): Places {
    const earlier = insides.get(fields);
    if (earlier !== undefined) return earlier;
    const found = placesIn(fields.flatMap((field) => field.selections));
    insides.set(fields, found);
    return found;
  }

  function costOfField(fields: readonly SelectedField[], value: unknown): number {
    const priced = fields.flatMap((field) =>
      field.definition === null ? [] : [{ field, price: prices.of(field.parent, field.definition) }],
    );
    // Two types may give one place to fields of different price, and the answer does not say which of them it is.
    const [cheapest] = priced.toSorted((a, b) => a.price.weight - b.price.weight);
    if (cheapest === undefined) return 0;
    const { field, price } = cheapest;
    const costOfValue = (one: unknown): number => {
      if (Array.isArray(one)) return one.map(costOfValue).reduce((sum, cost) => sum + cost, 0);
      return price.weight + (isJsonObject(one) ? costOfObject(insideOf(fields), one) : 0);
    };
    const isMissingList = price.isList && value === null;
    return (isMissingList ? 0 : costOfValue(value)) + costOfArguments(price, argumentsGiven(field, variables));
  }

  function costOfObject(places: Places, value: Readonly<Record<string, unknown>>): number {
    let total = 0;
    for (const [key, fields] of places) {
      if (Object.hasOwn(value, key)) total += costOfField(fields, value[key]);
    }
    return total;
  }

  return isJsonObject(data) ? costOfObject(placesIn(selections), data) : 0;
}
