import type { GraphQLFormattedError } from 'graphql';

/** An answer of the API. */
export interface RunResult<TData> {
  /** The HTTP status. */
  readonly status: number;
  readonly data: TData | null | undefined;
  readonly errors: readonly GraphQLFormattedError[];
  /** The schema coordinate of the first denial. */
  readonly coordinate: unknown;
  /** `extensions.code` of the first error. */
  readonly code: unknown;
  /** `extensions.reason` of the first error. */
  readonly reason: unknown;
}

/** Sends one operation to the API. */
export type Run = <TData = Readonly<Record<string, unknown>>>(
  operation: string,
  variables?: Readonly<Record<string, unknown>>,
) => Promise<RunResult<TData>>;

export interface TestViewer {
  readonly run: Run;
}

interface Body<TData> {
  readonly data?: TData | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Makes the function that sends operations to `url`, as a client with this access token does. */
export const createRun =
  (url: string, token?: string): Run =>
  async <TData>(operation: string, variables?: Readonly<Record<string, unknown>>) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: operation, variables }),
    });
    const { data, errors = [] }: Body<TData> = JSON.parse(await response.text());
    const denial = errors.find(({ extensions }) => extensions?.coordinate !== undefined);
    return {
      status: response.status,
      data,
      errors,
      coordinate: denial?.extensions?.coordinate,
      code: errors[0]?.extensions?.code,
      reason: errors[0]?.extensions?.reason,
    };
  };
