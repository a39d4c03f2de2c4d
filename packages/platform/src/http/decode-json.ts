import type { RawAnswer } from './exchange.ts';
import { MalformedAnswer } from './failures.ts';

const jsonType = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
const foreignCharset = /;\s*charset\s*=\s*"?(?!utf-?8\b)/i;

/** The value an answer carries; `undefined` when it has no body. Anything but declared UTF-8 JSON is refused. */
export function decodeJson({ status, headers, bytes }: RawAnswer): unknown {
  if (bytes.length === 0) return undefined;
  const contentType = headers['content-type'];
  if (typeof contentType !== 'string' || !jsonType.test(contentType))
    throw new MalformedAnswer(status, 'not declared as JSON');
  const text = foreignCharset.test(contentType) ? undefined : utf8(bytes);
  if (text === undefined) throw new MalformedAnswer(status, 'not UTF-8');
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // The parser's own message quotes the body.
    throw new MalformedAnswer(status, 'not valid JSON');
  }
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
