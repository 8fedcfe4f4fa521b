import { expect, it } from 'vitest';
import type { AskOptions } from './ask.ts';
import { isWhole } from './sample.ts';
import {
  type Answer,
  startTestServer,
  type TestServer,
  type TestServerOptions,
  type TestUser,
} from './test-server.ts';

/** A server with someone of each kind logged in, which keeps what it has answered. */
export interface AttackedServer extends TestServer {
  readonly manager: TestUser;
  readonly auditor: TestUser;
  readonly staff: TestUser;
  /** Another one of STAFF: whose data an attacker of STAFF wants. */
  readonly victim: TestUser;
  /** The secret of an API client in these groups. */
  aClient(...groups: readonly string[]): Promise<{ readonly id: string; readonly secret: string }>;
  /** A digest of each table that an attack could change. Not of the audit log: refusals are there. */
  state(): Promise<Readonly<Record<string, string>>>;
  /** Runs an attack, after which all must be as it was. */
  unchanged<Result>(attack: () => Promise<Result>): Promise<Result>;
  /** All that was answered so far, headers as well. */
  readonly answers: readonly string[];
}

/** One case of an attack: what it tries, and where it is described. */
export function attack(
  tries: string,
  source: string,
  run: () => Promise<void>,
  { isInSample = true }: AttackOptions = {},
): void {
  it.runIf(isWhole || isInSample)(`${tries} [${source}]`, run);
}

interface AttackOptions {
  /** Whether `npm test` tries it: false for what takes long, and is like another attack. */
  readonly isInSample?: boolean;
}

/** Starts the server that a file of attacks is about. */
export async function startAttackedServer(
  options: TestServerOptions = {},
): Promise<AttackedServer> {
  const server = await startTestServer(options);
  const answers: string[] = [];
  const ask = async (query: string, asked?: AskOptions): Promise<Answer> => {
    const answer = await server.ask(query, asked);
    // What hands out credentials is meant to.
    answers.push(JSON.stringify([answer.errors, answer.headers.get('www-authenticate')]));
    return answer;
  };
  const state = () => readState(server);
  const [manager, auditor, staff, victim] = await Promise.all([
    server.aUser('MANAGER'),
    server.aUser('AUDITOR'),
    server.aUser('STAFF'),
    server.aUser('STAFF'),
  ]);
  return {
    ...server,
    ask,
    answers,
    state,
    manager,
    auditor,
    staff,
    victim,
    async aClient(...groups) {
      const create = `mutation ($groups: [Group!]!) {
        createApiClient(name: "program", groups: $groups) { secret client { id } } }`;
      const { data } = await ask(create, {
        token: server.admin.accessToken,
        variables: { groups },
      });
      return { id: data.createApiClient.client.id, secret: data.createApiClient.secret };
    },
    async unchanged(attack) {
      const before = await state();
      const result = await attack();
      expect(await state()).toEqual(before);
      return result;
    },
  };
}

/** One statement, so that the state costs little more than a request. */
async function readState({ connection: { database } }: TestServer) {
  // When a client was used last is no matter: it is written down beside the request.
  const tables = await database.$queryRaw<{ readonly name: string; readonly digest: string }[]>`
    WITH lines (name, line) AS (
      SELECT 'users', line::text FROM gatehouse.users AS line
      UNION ALL SELECT 'memberships', line::text FROM gatehouse.memberships AS line
      UNION ALL SELECT 'sessions', line::text FROM gatehouse.sessions AS line
      UNION ALL SELECT 'rooms', line::text FROM rooms AS line
      UNION ALL SELECT 'room entries', line::text FROM room_entries AS line
      UNION ALL SELECT 'programs', concat_ws(' ', id, name, groups, secret_hash, disabled_at)
        FROM gatehouse.api_clients)
    SELECT name, md5(string_agg(line, ' ' ORDER BY line)) AS digest FROM lines GROUP BY name`;
  return Object.fromEntries(tables.map(({ name, digest }) => [name, digest]));
}

/** The facts of an answer that an attacker gets, all at once. */
export const facts = ({ status, code, reason, body }: Answer) => ({
  status,
  code,
  ...(reason === undefined ? {} : { reason }),
  ...(body.data === undefined || body.data === null ? {} : { data: body.data }),
});

export const unauthenticated = (reason: string) => ({
  status: 401,
  code: 'UNAUTHENTICATED',
  reason,
});
export const forbidden = (reason = 'GROUP_REQUIRED') => ({
  status: 403,
  code: 'FORBIDDEN',
  reason,
});
export const badInput = { status: 400, code: 'BAD_USER_INPUT' };
export const badCredentials = unauthenticated('BAD_CREDENTIALS');

/** What no answer and no log line may ever hold: ways into the server, and its inside. */
const insides = /\$2[aby]\$|prisma|postgres|node_modules|\.ts:\d|at Object\.|SELECT |SQLSTATE/i;

/** What holds after all the attacks of a file: no secret was revealed, and no unexpected error happened. */
export function expectNothingTold(server: AttackedServer, secrets: readonly string[]): void {
  expect(server.answers.filter((answer) => insides.test(answer))).toEqual([]);
  const people = [server.admin, server.manager, server.auditor, server.staff, server.victim];
  const hidden = [
    ...secrets,
    ...people.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
  ];
  const reported = [...server.answers, ...server.logLines];
  expect(reported.filter((text) => hidden.some((secret) => text.includes(secret)))).toEqual([]);
  const lines = server.logLines.map((line) => JSON.parse(line));
  expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
}
