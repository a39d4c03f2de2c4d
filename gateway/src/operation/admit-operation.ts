import { CodedError } from '@supergraph/platform/errors';
import { OperationTypeNode } from 'graphql';

import { generalLimits } from '../operation-limits.ts';
import { asksForSchema, chooseOperation, createDocumentReader } from './read-document.ts';

/** An operation that may be planned. */
export interface AdmittedOperation {
  readonly isMutation: boolean;
}

/** Makes the check that every operation passes before anything is asked on its behalf. Throws a coded error. */
export function createOperationAdmission(options: { readonly allowsIntrospection: boolean }) {
  const read = createDocumentReader(generalLimits);
  return (query: string, operationName: string | null): AdmittedOperation => {
    const document = read(query);
    if (!options.allowsIntrospection && asksForSchema(document)) throw new CodedError('INTROSPECTION_DISABLED');
    const { operation } = chooseOperation(document, operationName);
    return { isMutation: operation === OperationTypeNode.MUTATION };
  };
}
