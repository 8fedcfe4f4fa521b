import { findAge, readRefreshToken } from '../../src/authentication/refresh-token.ts';
import type { Database } from '../../src/database/connection.ts';
import { storedRefreshOf } from '../../src/identity/sessions/session.records.ts';
import { type Answer, ask } from './ask.ts';
import { claimsOf } from './claims.ts';
import { createNodeClient, type TestUser } from './node-client.ts';
import type { Findings, Rounds } from './rounds.ts';
import type { AnyTwoNodes } from './two-nodes.ts';

/** How many requests bring one token at once. */
export const parallel = 20;

type Nodes = Pick<AnyTwoNodes, 'urls' | 'database'>;
type Tokens = Pick<TestUser, 'accessToken' | 'refreshToken'>;

/**
 * One session, whose token `parallel` requests bring at once in each round, split over the nodes. All must
 * get one successor, their access tokens must work on the other node, and the database must hold one
 * session that is alive, with that successor as its current token.
 */
export const refreshes = ({ urls, database }: Nodes): Rounds<{ tokens: Tokens }, unknown> => ({
  start: async () => ({ tokens: await logIn(urls) }),
  async work(session, _each, found) {
    const { refreshToken } = session.tokens;
    const answers = await refreshAtOnce(urls, refreshToken, found);
    const refused = answers.filter(({ status }) => status !== 200);
    for (const { status, text } of refused) found.fault(`refused: ${status} ${text}`);
    const issued = issuedBy(answers);
    const successors = new Set(issued.map((tokens) => tokens.refreshToken));
    found.check(successors.size === 1, `${successors.size} successors`);
    found.check(!successors.has(refreshToken), 'the token is its own successor');
    const [first, second] = issued;
    if (first === undefined || second === undefined) return;
    for (const [n, token] of [second.accessToken, first.accessToken].entries()) {
      const { status } = await askMe(urlOf(urls, n), token);
      found.check(status === 200, `an access token is refused: ${status}`);
    }
    session.tokens = first;
    const state = JSON.stringify(await stateOf(database, first));
    const expected = { isAlive: true, generation: found.rounds, age: 'current' };
    found.check(state === JSON.stringify(expected), state);
  },
  figure: (found) => figureOf(`of ${parallel} refreshes`, found),
});

/**
 * A new session in each round, whose token is brought by `parallel` requests, split over the nodes, while
 * it is logged out on one of them. In any order: when all have answered, none of its tokens may
 * open anything, on either node.
 */
export const refreshesBesideLogout = ({ urls, database }: Nodes): Rounds<void, unknown> => ({
  async start() {},
  async work(_world, _each, found) {
    const tokens = await logIn(urls);
    const [ended, answers] = await Promise.all([
      ask(`${urlOf(urls, found.rounds)}/graphql`, 'mutation { logout }', {
        token: tokens.accessToken,
      }),
      refreshAtOnce(urls, tokens.refreshToken, found),
    ]);
    found.check(ended.status === 200, `logout: ${ended.status} ${ended.text}`);
    const issued = issuedBy(answers);
    const successors = new Set(issued.map(({ refreshToken }) => refreshToken));
    found.check(successors.size <= 1, 'two successors');
    for (const [n, { accessToken, refreshToken }] of [tokens, ...issued].entries()) {
      const me = await askMe(urlOf(urls, n), accessToken);
      const next = await refresh(urlOf(urls, n), refreshToken);
      const areDead = me.status === 401 && next.status === 401;
      found.check(areDead, `alive: ${me.status} ${next.status}`);
    }
    const { refreshToken } = issued[0] ?? tokens;
    const { isAlive, age } = await stateOf(database, { ...tokens, refreshToken });
    found.check(!isAlive && age === 'current', `torn: ${JSON.stringify({ isAlive, age })}`);
  },
  figure: (found) => figureOf('beside a logout', found),
});

function figureOf(what: string, found: Findings): string {
  const requests = found.rounds * parallel;
  const seconds = found.seconds();
  return (
    `${found.rounds} rounds ${what}: ${requests} requests in ${seconds.toFixed(1)} s ` +
    `(${Math.round(requests / seconds)}/s): ${found.listed()}; ${found.faults.length} faults`
  );
}

/** What the database holds of the session of an access token, and which of its tokens the refresh token is. */
async function stateOf(database: Database, { accessToken, refreshToken }: Tokens) {
  const where = { id: claimsOf(accessToken).sid };
  const session = await database.session.findUniqueOrThrow({ where });
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
  found: Findings,
): Promise<readonly Answer[]> {
  const answers = await Promise.all(
    Array.from({ length: parallel }, (_, n) => refresh(urlOf(urls, n), refreshToken)),
  );
  for (const { status, reason = '' } of answers) found.count(`${status} ${reason}`.trim());
  return answers;
}

const issuedBy = (answers: readonly Answer[]): readonly Tokens[] =>
  answers.flatMap(({ data }) => data?.refresh ?? []);

const refresh = (url: string, refreshToken: string): Promise<Answer> =>
  ask(
    `${url}/graphql`,
    'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }',
    { variables: { token: refreshToken } },
  );

const askMe = (url: string, token: string): Promise<Answer> =>
  ask(`${url}/graphql`, '{ me { id } }', { token });

const logIn = (urls: readonly string[]): Promise<Tokens> =>
  createNodeClient(urlOf(urls, 0)).anAdmin();
