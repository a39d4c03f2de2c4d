/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Json;
  readonly errors: readonly GraphqlProblem[];
  readonly body: Json;
}

export interface GraphqlProblem {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [name: string]: unknown };
}

/** JSON as a test reads it: whatever is not there is undefined, and expectations do the checking. */
export type Json = { readonly [name: string]: Json } & readonly Json[] & string;

export interface Asking {
  readonly token?: string;
  readonly language?: 'ko' | 'en';
}

/** Asks a GraphQL endpoint the way a front end does. */
export async function askGraphql(
  url: string,
  operation: { readonly query: string; readonly variables?: Readonly<Record<string, unknown>> },
  { token, language = 'ko' }: Asking = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept-language': language,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(operation),
    signal: AbortSignal.timeout(20_000),
  });
  const body = (await response.json()) as Json & { readonly data: Json; readonly errors?: readonly GraphqlProblem[] };
  return { status: response.status, headers: response.headers, data: body.data, errors: body.errors ?? [], body };
}
