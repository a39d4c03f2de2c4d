import { BREAK, Kind, visit, type DocumentNode } from 'graphql';

/** Whether a document asks what the schema is; `__typename` does not. */
export function asksForSchema(document: DocumentNode): boolean {
  let isFound = false;
  visit(document, {
    [Kind.FIELD]: ({ name }) => {
      if (name.value !== '__schema' && name.value !== '__type') return undefined;
      isFound = true;
      return BREAK;
    },
  });
  return isFound;
}
