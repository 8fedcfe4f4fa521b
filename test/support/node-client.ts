import { randomUUID } from 'node:crypto';
import { type Answer, type AskOptions, ask } from './ask.ts';

export const adminPassword = 'violet-otter-ladder-93-quay';
export const userPassword = 'plum-kettle-orbit-58-fern';

/** Someone who has logged in. */
export interface TestUser {
  readonly id: string;
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What users ask of a server. */
export type NodeClient = ReturnType<typeof createNodeClient>;

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken refreshToken user { id username } }
}`;

const createUserMutation = `mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }`;

/** Asks the server at `http://...`, or at the URL that the function returns for each request. */
export function createNodeClient(url: string | (() => string)) {
  const urlNow = typeof url === 'string' ? () => url : url;
  const askHere = (query: string, options?: AskOptions) =>
    ask(`${urlNow()}/graphql`, query, options);

  async function logIn(username: string, password: string): Promise<TestUser> {
    const answer = await askHere(loginMutation, { variables: { username, password } });
    const { accessToken, refreshToken, user } = answer.data?.login ?? {};
    if (accessToken === undefined) throw new Error(`login: ${answer.status} ${answer.text}`);
    return { accessToken, refreshToken, id: user.id, username: user.username };
  }

  /** The first ADMIN, who has just logged in. */
  const anAdmin = () => logIn('admin', adminPassword);

  const askAsAdmin = createAdminAsk({ ask: askHere, logIn });

  return {
    ask: askHere,
    logIn,
    anAdmin,
    /** Asks, and returns the data. @throws {Error} unless it was answered with 200. */
    async dataOf(query: string, token?: string): Promise<Answer['data']> {
      const answer = await askHere(query, token === undefined ? {} : { token });
      return requireDone(answer).data;
    },
    /** A new user in these groups, who has logged in. */
    async aUser(...groups: readonly string[]): Promise<TestUser> {
      const username = `user-${randomUUID().slice(0, 8)}`;
      const variables = { input: { username, password: userPassword, groups } };
      requireDone(await askAsAdmin(createUserMutation, variables));
      return logIn(username, userPassword);
    },
  };
}

interface AdminAskOptions {
  ask(query: string, options?: AskOptions): Promise<Answer>;
  logIn(username: string, password: string): Promise<TestUser>;
}

/** Returns what asks as the ADMIN, with the `first` access token, who logs in again when the token is no longer valid or fresh enough. */
export function createAdminAsk({ ask: send, logIn }: AdminAskOptions, first?: string) {
  let token = first;
  return async (query: string, variables: Readonly<Record<string, unknown>>): Promise<Answer> => {
    if (token !== undefined) {
      const answer = await send(query, { token, variables });
      if (answer.status !== 401) return answer;
    }
    token = (await logIn('admin', adminPassword)).accessToken;
    return send(query, { token, variables });
  };
}

/** @throws {Error} unless an operation was answered with 200. */
export function requireDone(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}
