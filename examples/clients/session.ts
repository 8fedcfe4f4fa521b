/** The tokens that a login or a refresh returns. */
interface Credentials {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Extended {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export type Session = ReturnType<typeof createSession>;

/** Logs in, and keeps and refreshes the tokens. All clients here use it. */
export function createSession(url: string) {
  let credentials: Credentials | undefined;
  let refreshing: Promise<void> | undefined;

  async function ask(query: string, variables: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables });
    const response = await fetch(url, { method: 'POST', headers, body });
    const { data, errors } = await response.json();
    if (errors) throw new Error(errors[0].message);
    credentials = data.credentials;
  }

  return {
    /** The header `Authorization`, if there is a token. */
    headers: () => ({
      ...(credentials && { authorization: `Bearer ${credentials.accessToken}` }),
    }),
    logIn: (username: string, password: string) =>
      ask(
        `mutation ($username: String!, $password: String!) {
          credentials: login(username: $username, password: $password) { accessToken refreshToken } }`,
        { username, password },
      ),
    /** Refreshes once for all requests that find at the same time that the token has expired. */
    refresh() {
      refreshing ??= ask(
        `mutation ($refreshToken: String!) {
          credentials: refresh(refreshToken: $refreshToken) { accessToken refreshToken } }`,
        { refreshToken: credentials?.refreshToken },
      ).finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
  };
}

/** Whether the access token has expired: refresh, and send the request again. */
export const hasExpired = (errors: readonly Extended[] = []): boolean =>
  errors.some(({ extensions }) => extensions?.reason === 'TOKEN_EXPIRED');
