/** The realm in the challenges of the hosts. */
export const realm = 'hosts';

/** What a request consists of beside its operation. */
export interface Asked {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string | null | undefined;
  readonly prefer?: string;
}

interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An answer over HTTP. A missing header is `null`. */
export interface HostAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape; a wrong path makes the test fail.
  readonly body: any;
  readonly errors: readonly AnsweredError[];
  readonly coordinates: readonly unknown[];
}

/** A server with the plugin of the library, without the rest of Gatehouse. */
export interface LibraryHost<Context> {
  readonly name: 'Apollo Server' | 'GraphQL Yoga';
  ask(query: string, contextValue: Context, asked?: Asked): Promise<HostAnswer>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const contentType = 'application/json';
export const accept = 'application/graphql-response+json, application/json;q=0.9';

/** Reads an answer of JSON. */
export function toAnswer(
  status: number,
  header: (name: string) => string | null | undefined,
  text: string,
): HostAnswer {
  const body = JSON.parse(text);
  const errors: readonly AnsweredError[] = body.errors ?? [];
  const coordinates = errors.map(({ extensions }) => extensions?.coordinate);
  return {
    status,
    header: (name) => header(name) ?? null,
    text,
    body,
    errors,
    coordinates,
  };
}
