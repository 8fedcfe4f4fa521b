/** What a test sends beside the operation. */
export interface AskOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly token?: string;
  readonly operationName?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer over HTTP, with the parts of its body that tests read most. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape; a wrong path makes the test fail.
  readonly body: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly errors: any[];
  readonly code: string | undefined;
  readonly reason: string | undefined;
}

/** Asks a GraphQL server over HTTP, as any client would. */
export async function ask(
  url: string,
  query: string,
  { variables, token, operationName, extensions, headers }: AskOptions = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ query, variables, operationName, extensions }),
  });
  const text = await response.text();
  const body = JSON.parse(text);
  const errors = body.errors ?? [];
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    data: body.data,
    errors,
    code: errors[0]?.extensions?.code,
    reason: errors[0]?.extensions?.reason,
  };
}
