import type { Buffer } from 'node:buffer';

import { Lexer, Source, TokenKind } from 'graphql';

import { readJson, readOperationRequest } from '../http/read-operation-request.ts';
import { generalLimits } from '../operation-limits.ts';

/** Whether a request may change something; log-ins count as changes. */
export type RequestKind = 'read' | 'change';

/** Whether a registered document is a change, told from the id by which a request names it. */
export type IsRegisteredChange = (documentId: string) => boolean;

const keyword = 'mutation';
const queryKey = '"query"';
const jsonEscape = '\\u';
const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.PAREN_L, TokenKind.BRACKET_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.PAREN_R, TokenKind.BRACKET_R]);

/** Whether the operation that would run is a mutation, told from the tokens that begin definitions. Throws on a bad token. */
function runsMutation(query: string, operationName: string | null): boolean {
  const lexer = new Lexer(new Source(query));
  let open = 0;
  let isDefinitionNext = true;
  for (let seen = 0; seen < generalLimits.maxTokens; seen += 1) {
    const token = lexer.advance();
    if (token.kind === TokenKind.EOF) return false;
    if (isDefinitionNext && token.kind === TokenKind.NAME && token.value === keyword) {
      const { kind, value } = lexer.lookahead();
      const name = kind === TokenKind.NAME ? value : null;
      if (operationName === null || operationName === name) return true;
    }
    if (opening.has(token.kind)) open += 1;
    if (closing.has(token.kind)) open -= 1;
    isDefinitionNext = open === 0 && token.kind === TokenKind.BRACE_R;
  }
  return false;
}

/**
 * Tells the kind of a request from its body. Most reads are told from the bytes alone: a body with a text in which the
 * keyword does not stand, and could not stand behind an escape, holds no mutation. What cannot be read is a read.
 */
export function kindOf(body: Buffer, isRegisteredChange: IsRegisteredChange): RequestKind {
  if (body.includes(queryKey) && !body.includes(keyword) && !body.includes(jsonEscape)) return 'read';
  try {
    const { query, documentId, operationName } = readOperationRequest(readJson(body));
    const isChange =
      query === null ? documentId !== null && isRegisteredChange(documentId) : runsMutation(query, operationName);
    return isChange ? 'change' : 'read';
  } catch {
    return 'read';
  }
}
