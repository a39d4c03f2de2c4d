import { scrubText } from '../privacy/index.ts';

const longestChain = 5;

/**
 * An error as a line of the log may carry it: type and message of the chain, scrubbed of what looks like personal data;
 * never the objects attached to it.
 */
export function describeError(error: unknown): { readonly error: string } {
  const parts: string[] = [];
  let current: unknown = error;
  while (current instanceof Error && parts.length < longestChain) {
    parts.push(`${current.name}: ${current.message}`);
    current = current.cause;
  }
  return { error: parts.length > 0 ? scrubText(parts.join(' <- ')) : typeof error };
}
