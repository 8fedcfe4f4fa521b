import { refuseUnknown } from './refuse-unknown.ts';

/** An error in an answer. Decide by `extensions.code` and `extensions.reason`, never by the message. */
export interface AnswerError {
  readonly message?: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The answer to one operation (GraphQL over HTTP). */
export interface Answer<Data = unknown> {
  readonly status: number;
  readonly data?: Data | null;
  readonly errors?: readonly AnswerError[];
  readonly extensions?: { readonly decision?: Decision };
}

/** The answer to an operation that was only decided (`Prefer: decide-only`). */
export interface Decision {
  /** The extensions of each refusal, with its `path`. At most 20. */
  readonly denials?: readonly Readonly<Record<string, unknown>>[];
  /** The coordinates that policies below the root decide by data. */
  readonly depends?: readonly unknown[];
  /** The coordinates of lists that return only the rows that policies admit. */
  readonly narrowed?: readonly unknown[];
}

/** The answer to an operation has errors, or is not one of GraphQL. */
export class GatehouseError extends Error {
  override readonly name = 'GatehouseError';
  /** The answer, with the status of HTTP, all errors, and the part of the data that has none. */
  readonly answer: Answer;
  /** The code of the first error, such as `UNAUTHENTICATED` or `FORBIDDEN`. */
  readonly code: unknown;
  /** The reason of the first error, such as `TOKEN_EXPIRED`, `GROUP_REQUIRED` or `ALREADY_EXISTS`. */
  readonly reason: unknown;

  constructor(answer: Answer) {
    const error = answer.errors?.[0];
    super(error?.message ?? `HTTP status ${answer.status}`);
    this.answer = answer;
    this.code = error?.extensions?.code;
    this.reason = error?.extensions?.reason;
  }
}

export interface SentCredentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: 'include' | 'omit';
}

/** The credentials of an operation, and the session that they belong to. */
export interface Sending extends SentCredentials {
  /** Counts the sessions of this client. */
  readonly epoch: number;
  /** Counts how often the sessions of this client have proved again who uses them. */
  readonly proofs: number;
  /** Why the operation is sent again. Each of them happens at most once. */
  readonly after: readonly ('refresh' | 'proof')[];
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** More headers, such as `Prefer: handling=lenient`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Operation {
  readonly query: string;
  readonly variables?: object | undefined;
}

/** Sends one operation. Rejects when the network fails. */
export type Send = <Data>(
  operation: Operation,
  credentials: SentCredentials,
  more?: FetchOptions,
) => Promise<Answer<Data>>;

/**
 * Creates the function that sends operations to `url`. An answer that is not JSON has a status alone.
 *
 * @param readDate is called with the header `Date` of each answer, which pages of other origins may not read.
 */
export const createSend =
  (url: string, send: typeof fetch, readDate: (date: string | null) => void): Send =>
  async (
    operation,
    { headers, credentials },
    { signal = null, headers: more, ...unknown } = {},
  ) => {
    refuseUnknown(unknown);
    const response = await send(url, {
      signal,
      method: 'POST',
      credentials,
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...more,
        ...headers,
      },
      body: JSON.stringify(operation),
    });
    readDate(response.headers.get('date'));
    // Of a proxy, or cut off.
    const none = () => ({});
    return { ...(await response.json().catch(none)), status: response.status };
  };

/** Whether an answer is of a mutation that took effect in part or wholly, so that it must not be sent again. */
export const isDone = ({ data }: { readonly data?: unknown }, isMutation: boolean): boolean =>
  isMutation && data !== undefined;

/** Creates the error of an answer. */
export const toError = (answer: Answer): GatehouseError => new GatehouseError(answer);

/** Returns the data of an answer. @throws {GatehouseError} when it has errors. */
export function dataOf<Data>(answer: Answer<Data>): Data {
  if (answer.errors || !answer.data) throw new GatehouseError(answer);
  return answer.data;
}
