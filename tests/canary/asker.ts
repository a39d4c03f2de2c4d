import { askGraphql, type Json } from '../support/graphql-client.ts';

/** An answer that somebody got. */
export interface Heard {
  readonly by: 'the canary' | 'somebody else';
  readonly text: string;
  /** What of it nobody may see, not even whom it is about: errors but for their paths, which the asker has named. */
  readonly errors: string;
}

/** Answers with the data, of which there may be none. */
type Ask = (query: string, variables?: Readonly<Record<string, unknown>>, token?: string) => Promise<Json>;

/** Asks a gateway and remembers every answer. */
export interface Asker {
  readonly heard: readonly Heard[];
  /** Whoever bears a token of the canary is the canary. */
  readonly ask: Ask;
  /** Asks as somebody else. */
  readonly askAsOther: Ask;
  /** Sends anything at all. */
  readonly send: (path: string, request: RequestInit) => Promise<void>;
}

const withoutPath = (name: string, value: unknown): unknown => (name === 'path' ? undefined : value);
const nothing = Object.freeze({}) as Json;
const patienceMs = 20_000;

export function createAsker(gatewayUrl: string): Asker {
  const heard: Heard[] = [];

  async function askBy(by: Heard['by'], question: Parameters<typeof askGraphql>[1], token: string | undefined) {
    const answer = await askGraphql(`${gatewayUrl}/graphql`, question, token === undefined ? {} : { token });
    heard.push({ by, text: JSON.stringify(answer.body), errors: JSON.stringify(answer.errors, withoutPath) });
    return (answer.data as Json | null | undefined) ?? nothing;
  }

  return {
    heard,
    ask: (query, variables = {}, token) => askBy('the canary', { query, variables }, token),
    askAsOther: (query, variables = {}, token) => askBy('somebody else', { query, variables }, token),
    send: async (path, request) => {
      const response = await fetch(gatewayUrl + path, { ...request, signal: AbortSignal.timeout(patienceMs) });
      const text = await response.text();
      heard.push({ by: 'somebody else', text, errors: text });
    },
  };
}
