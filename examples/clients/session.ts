/** What the clients here need of a session: by tokens, as here, or by cookie. */
export interface Session {
  /** Headers of a request: `Authorization`, if there is a token. */
  headers(): Record<string, string>;
  logIn(username: string, password: string): Promise<void>;
  /**
   * Gets the next token, once for all requests that find at the same time that theirs has expired.
   *
   * @throws {LoggedOutError}
   */
  refresh(): Promise<void>;
  /** Returns the parameters of a new WebSocket, with a token that was just issued. */
  connectionParams(): Promise<Record<string, string>>;
}

/** The error of a GraphQL response. */
export interface ResponseError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The server refused an operation. */
export class RefusedError extends Error {
  /** Of the first error. */
  readonly code: unknown;
  readonly reason: unknown;

  constructor([first]: readonly ResponseError[]) {
    super(first?.message);
    this.code = first?.extensions?.code;
    this.reason = first?.extensions?.reason;
  }
}

/** The session has ended: log in again. */
export class LoggedOutError extends Error {}

/** Whether the access token has expired: refresh, and send the request again. */
export const hasExpired = (errors: readonly ResponseError[] = []): boolean =>
  errors.some(({ extensions }) => extensions?.reason === 'TOKEN_EXPIRED');

/** Sends an operation that logs in, and returns its data. @throws {RefusedError} */
export async function ask(url: string, query: string, variables: object) {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(url, { method: 'POST', headers, body });
  const { data, errors } = await response.json();
  if (errors) throw new RefusedError(errors);
  return data;
}

/** A session by tokens. They are kept in memory. */
export function createSession(url: string): Session {
  let credentials: { readonly accessToken: string; readonly refreshToken: string } | undefined;
  let refreshing: Promise<void> | undefined;
  const headers = (): Record<string, string> =>
    credentials === undefined ? {} : { authorization: `Bearer ${credentials.accessToken}` };

  async function change(mutation: string, variables: object): Promise<void> {
    ({ credentials } = await ask(url, mutation, variables));
  }

  function refresh(): Promise<void> {
    refreshing ??= change(
      `mutation ($refreshToken: String!) {
        credentials: refresh(refreshToken: $refreshToken) { accessToken refreshToken } }`,
      { refreshToken: credentials?.refreshToken },
    )
      .catch((error) => {
        const isOver = error instanceof RefusedError && error.code === 'UNAUTHENTICATED';
        throw isOver ? new LoggedOutError('The session has ended.', { cause: error }) : error;
      })
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  }

  return {
    headers,
    refresh,
    logIn: (username, password) =>
      change(
        `mutation ($username: String!, $password: String!) {
          credentials: login(username: $username, password: $password) { accessToken refreshToken } }`,
        { username, password },
      ),
    async connectionParams() {
      if (credentials !== undefined) await refresh();
      return headers();
    },
  };
}
