import { Lexer, Source, TokenKind } from 'graphql';

/** How large a document is, told from its text and tokens alone. */
export interface TokenFacts {
  /** Of its text in UTF-8. */
  readonly bytes: number;
  readonly tokens: number;
  /** Braces open at once. */
  readonly nesting: number;
  readonly aliases: number;
  readonly directives: number;
}

/** Reads a document once from left to right, which costs the same per character whatever it says. Throws on a bad token. */
export function scanTokens(query: string): TokenFacts {
  const lexer = new Lexer(new Source(query));
  const facts = { bytes: Buffer.byteLength(query), tokens: 0, nesting: 0, aliases: 0, directives: 0 };
  let openBraces = 0;
  let openParentheses = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    facts.tokens += 1;
    if (token.kind === TokenKind.BRACE_L) facts.nesting = Math.max(facts.nesting, ++openBraces);
    if (token.kind === TokenKind.BRACE_R) openBraces -= 1;
    if (token.kind === TokenKind.PAREN_L) openParentheses += 1;
    if (token.kind === TokenKind.PAREN_R) openParentheses -= 1;
    // Inside parentheses a colon belongs to an argument, an input field or a variable.
    if (token.kind === TokenKind.COLON && openParentheses <= 0) facts.aliases += 1;
    if (token.kind === TokenKind.AT) facts.directives += 1;
  }
  return facts;
}
