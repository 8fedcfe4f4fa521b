import { findAge, readRefreshToken } from '../../src/authentication/refresh-token.ts';
import type { Database } from '../../src/database/connection.ts';
import { storedRefreshOf } from '../../src/identity/sessions/session.records.ts';
import { type Answer, ask } from './ask.ts';
import { claimsOf } from './claims.ts';

export interface RefreshRounds {
  /** The nodes, among which the requests of a round are split. */
  readonly urls: readonly string[];
  readonly username: string;
  readonly password: string;
  /** The database of the nodes, to see whether what they have left there is whole. */
  readonly database: Database;
  readonly rounds: number;
}

/** What came of rounds of parallel refreshes. `faults` is empty when all went as it must. */
export interface RefreshTally {
  requests: number;
  /** By what came of them, such as `200`. */
  readonly outcomes: Record<string, number>;
  readonly faults: string[];
}

/** How many requests bring one token at once. */
export const parallel = 20;

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/**
 * One session, whose token `parallel` requests bring at once in each round, split over the nodes. All must
 * get one successor, their access tokens must work on the other node, and the database must hold one
 * session that is alive, with that successor as its current token.
 */
export async function refreshInRounds(options: RefreshRounds): Promise<RefreshTally> {
  const { urls, rounds, database } = options;
  const tally: RefreshTally = { requests: 0, outcomes: {}, faults: [] };
  let { accessToken, refreshToken } = await logIn(options);
  const { sid } = claimsOf(accessToken);
  for (let round = 1; round <= rounds; round += 1) {
    const fault = (what: string) => void tally.faults.push(`round ${round}: ${what}`);
    const answers = await refreshAtOnce(urls, refreshToken, tally);
    const refused = answers.filter(({ status }) => status !== 200);
    for (const { status, text } of refused) fault(`refused: ${status} ${text}`);
    const issued: Tokens[] = answers.flatMap(({ data }) => data?.refresh ?? []);
    const successors = new Set(issued.map((tokens) => tokens.refreshToken));
    if (successors.size !== 1) fault(`${successors.size} successors`);
    if (successors.has(refreshToken)) fault('the token is its own successor');
    const [first, second] = issued;
    if (first === undefined || second === undefined) break;
    for (const [n, token] of [second.accessToken, first.accessToken].entries()) {
      const { status } = await askMe(urlOf(urls, n), token);
      if (status !== 200) fault(`an access token is refused: ${status}`);
    }
    ({ accessToken, refreshToken } = first);
    const state = await stateOf(database, { id: sid, refreshToken });
    const expected = { isAlive: true, generation: round, age: 'current' };
    if (JSON.stringify(state) !== JSON.stringify(expected)) fault(JSON.stringify(state));
  }
  return tally;
}

/**
 * A new session in each round, whose token is brought by `parallel` requests, split over the nodes, while
 * it is logged out on one of them. In any order: when all have answered, none of its tokens may
 * open anything, on either node.
 */
export async function refreshWhileEnding(options: RefreshRounds): Promise<RefreshTally> {
  const { urls, rounds, database } = options;
  const tally: RefreshTally = { requests: 0, outcomes: {}, faults: [] };
  for (let round = 1; round <= rounds; round += 1) {
    const fault = (what: string) => void tally.faults.push(`round ${round}: ${what}`);
    const { accessToken, refreshToken } = await logIn(options);
    const logOutAt = urlOf(urls, round);
    const [ended, answers] = await Promise.all([
      ask(`${logOutAt}/graphql`, 'mutation { logout }', { token: accessToken }),
      refreshAtOnce(urls, refreshToken, tally),
    ]);
    if (ended.status !== 200) fault(`logout: ${ended.status} ${ended.text}`);
    const issued: Tokens[] = answers.flatMap(({ data }) => data?.refresh ?? []);
    if (new Set(issued.map((tokens) => tokens.refreshToken)).size > 1) fault('two successors');
    for (const [n, tokens] of [{ accessToken, refreshToken }, ...issued].entries()) {
      const me = await askMe(urlOf(urls, n), tokens.accessToken);
      const next = await refresh(urlOf(urls, n), tokens.refreshToken);
      if (me.status !== 401 || next.status !== 401) fault(`alive: ${me.status} ${next.status}`);
    }
    const last = issued[0] ?? { refreshToken };
    const { isAlive, age } = await stateOf(database, { id: claimsOf(accessToken).sid, ...last });
    if (isAlive || age !== 'current') fault(`torn: ${JSON.stringify({ isAlive, age })}`);
  }
  return tally;
}

/** What the database holds of a session, and which of its tokens the given one is. */
async function stateOf(
  database: Database,
  { id, refreshToken }: { readonly id: string; readonly refreshToken: string },
) {
  const session = await database.session.findUniqueOrThrow({ where: { id } });
  const token = readRefreshToken(refreshToken);
  const stored = storedRefreshOf(session);
  const age = token && stored && findAge(token, stored);
  return {
    isAlive: session.endedAt === null,
    generation: session.refreshGeneration,
    age: age?.kind,
  };
}

const urlOf = (urls: readonly string[], n: number): string => urls[n % urls.length] ?? '';

async function refreshAtOnce(
  urls: readonly string[],
  refreshToken: string,
  tally: RefreshTally,
): Promise<readonly Answer[]> {
  const answers = await Promise.all(
    Array.from({ length: parallel }, (_, n) => refresh(urlOf(urls, n), refreshToken)),
  );
  tally.requests += answers.length;
  for (const { status, reason = '' } of answers) {
    const outcome = `${status} ${reason}`.trim();
    tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
  }
  return answers;
}

const refresh = (url: string, refreshToken: string): Promise<Answer> =>
  ask(
    `${url}/graphql`,
    'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }',
    { variables: { token: refreshToken } },
  );

const askMe = (url: string, token: string): Promise<Answer> =>
  ask(`${url}/graphql`, '{ me { id } }', { token });

async function logIn({ urls, username, password }: RefreshRounds): Promise<Tokens> {
  const query = `mutation ($username: String!, $password: String!) {
    login(username: $username, password: $password) { accessToken refreshToken } }`;
  const answer = await ask(`${urlOf(urls, 0)}/graphql`, query, {
    variables: { username, password },
  });
  if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`);
  return answer.data.login;
}
