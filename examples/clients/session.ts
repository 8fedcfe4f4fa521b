/** What one login gives, and each refresh anew. */
interface Credentials {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Extended {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export type Session = ReturnType<typeof createSession>;

/** Logs in, keeps the tokens, and gets the next ones; each of the clients here uses it. */
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
    /** What stands in the header `Authorization`, if there is anything. */
    headers: () => ({
      ...(credentials && { authorization: `Bearer ${credentials.accessToken}` }),
    }),
    logIn: (username: string, password: string) =>
      ask(
        `mutation ($username: String!, $password: String!) {
          credentials: login(username: $username, password: $password) { accessToken refreshToken } }`,
        { username, password },
      ),
    /** Once, however many requests find at the same time that the token has ended. */
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

/** Whether one of these errors says that the access token has ended: refresh, and ask again. */
export const hasExpired = (errors: readonly Extended[] = []): boolean =>
  errors.some(({ extensions }) => extensions?.reason === 'TOKEN_EXPIRED');
