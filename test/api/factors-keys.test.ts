import { randomBytes } from 'node:crypto';
import { factors } from '@graphql-gatehouse/factors';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { inputsOf } from '../../src/gatehouse/app-inputs.ts';
import { createParts } from '../../src/gatehouse/part.ts';
import { runtimes } from '../../src/gatehouse/parts.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { checkTables, runPackageCommand } from '../../src/schema/packages/package-calls.ts';
import { packagesOf } from '../../src/schema/packages/packages.ts';
import {
  codeOf,
  createFactorsClient,
  createFactorsDatabase,
  outcomeOf,
  startFactorsServer,
} from '../support/factors-server.ts';
import { projectWith } from '../support/package-server.ts';
import type { TestDatabase } from '../support/test-database.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
const keys = [1, 2, 3].map((version) => `${version}:${randomBytes(32).toString('base64url')}`);
const [first = '', second = '', third = ''] = keys;

let database: TestDatabase;
beforeAll(async () => {
  database = await createFactorsDatabase();
});
afterAll(() => database.close());

/** Serves until the test ends. */
async function serve(given: string): Promise<TestServer> {
  const server = await startFactorsServer({ now, database, environment: { FACTORS_KEYS: given } });
  onTestFinished(() => server.stop());
  return server;
}

/** What a process with these keys gives its packages. */
function open(given: string) {
  const project = projectWith([factors()]);
  const owner = required(packagesOf(project.config)[0]);
  const config = parseConfig({ NODE_ENV: 'test', FACTORS_KEYS: given }, [owner]);
  const logger = createLogger(config.logLevel, { write: () => undefined });
  const parts = createParts(inputsOf({ config, project, connection: database, logger, now }));
  return { project, owner, runtimes: parts.get(runtimes), close: parts.close };
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('It is missing.');
  return value;
}

/** Runs a command of the package. */
async function run(
  given: string,
  name: string,
  input: Readonly<Record<string, string | number>> = {},
) {
  const { owner, close, ...opened } = open(given);
  const command = required(owner.commands?.[name]);
  return runPackageCommand(opened.runtimes, { owner, command }, input).finally(close);
}

/** What `gatehouse doctor` finds. */
async function examine(given: string) {
  const { project, close, ...opened } = open(given);
  return checkTables(project, opened.runtimes).finally(close);
}

/** A new user with an app. */
async function withApp(server: TestServer) {
  const client = createFactorsClient(server, now);
  const user = await server.aUser();
  const app = await client.addApp(user);
  pass(60);
  return { client, user, ...app };
}

const logInOn = (server: TestServer, user: TestUser, proof: object) =>
  createFactorsClient(server, now).logInWith(user, proof);

describe('the keys of second factors', () => {
  it('can be rotated, and the old one is then needed no more', async () => {
    const { user, secret } = await withApp(await serve(first));
    const both = await serve(`${first},${second}`);
    expect((await logInOn(both, user, { otp: codeOf(secret, now()) })).status).toBe(200);
    expect(await examine(`${first},${second}`)).toMatchObject([
      { state: 'warning', found: 'key version 1 (1 apps) is in use' },
    ]);
    const count = await run(`${first},${second}`, 'factors-rotate-key');
    expect(count).toMatch(/^encrypted [1-9]\d* secrets under version 2$/);
    expect(await run(`${first},${second}`, 'factors-rotate-key')).toContain('encrypted 0 secrets');
    expect(await examine(second)).toMatchObject([{ state: 'ok', found: 'key version 2 (1 apps)' }]);
    const one = await serve(second);
    pass(60);
    expect((await logInOn(one, user, { otp: codeOf(secret, now()) })).status).toBe(200);
  });

  it('stop the start when one is missing that secrets need, with what to do', async () => {
    const { user, recoveryCodes, secret } = await withApp(await serve(second));
    const started = serve(third);
    await expect(started).rejects.toThrow(
      /version 2 of \d+ authenticator apps?: .* `gatehouse factors-abandon-key 2`/,
    );
    expect(await examine(third)).toMatchObject([
      { state: 'problem', found: expect.stringContaining('FACTORS_KEYS lacks key version 2') },
    ]);
    await expect(run(third, 'factors-rotate-key')).rejects.toThrow('factors-abandon-key 2');
    await expect(run(second, 'factors-abandon-key', { keyVersion: 2 })).rejects.toMatchObject({
      facts: { reason: 'KEY_PRESENT' },
    });

    expect(await run(third, 'factors-abandon-key', { keyVersion: 2 })).toMatch(/^gave up .* \d+ /);
    const server = await serve(third);
    const client = createFactorsClient(server, now);
    const due = await client.logIn(user);
    expect([due.reason, due.errors[0].extensions.factors]).toEqual([
      'FACTOR_REQUIRED',
      ['RECOVERY_CODE'],
    ]);
    expect((await client.logInWith(user, { otp: codeOf(secret, now()) })).reason).toBe(
      'BAD_CREDENTIALS',
    );
    const session = await client.session(user, { recoveryCode: recoveryCodes[0] ?? '' });
    expect((await client.factorsOf(session.accessToken)).secondFactors).toMatchObject([
      { isLost: true },
    ]);
    const renewed = await client.addApp(session);
    pass(60);
    expect((await client.logInWith(user, { otp: codeOf(renewed.secret, now()) })).status).toBe(200);
  });

  it('leave a factor due when the only one was given up, until a reset', async () => {
    const { user } = await withApp(await serve(third));
    await database.owner.migrations.query('DELETE FROM gatehouse_factors.recovery_codes');
    await run(second, 'factors-abandon-key', { keyVersion: 3 });
    const server = await serve(second);
    const client = createFactorsClient(server, now);
    const due = await client.logIn(user);
    expect(due.errors[0].extensions.factors).toEqual(['OTP']);
    expect(await run(second, 'factors-reset', { user: user.username.toUpperCase() })).toContain(
      'removed all factors',
    );
    expect((await client.logIn(user)).status).toBe(200);
  });
});

describe('commands for users', () => {
  it('end the sessions of a user, record it, and open enrolment', async () => {
    const server = await serve(second);
    const { user, client } = await withApp(server);
    await run(second, 'factors-reset', { user: user.id });
    expect((await server.ask('{ me { id } }', { token: user.accessToken })).status).toBe(401);
    const events = await server.connection.database.auditEvent.findMany({
      where: { subjectId: user.id, action: 'factors.reset' },
      select: { detail: true, actorId: true },
    });
    expect(events).toEqual([{ detail: expect.stringContaining('command line'), actorId: null }]);
    const opened = await run(second, 'factors-open-enrolment', { user: user.username });
    expect(opened).toContain(`may enrol until ${new Date(nowMs + 86_400_000).toISOString()}`);
    expect(outcomeOf(await client.logIn(user))).toBe('200 login');
  });

  it.each(['factors-reset', 'factors-open-enrolment'])(
    '%s finds known users alone',
    async (name) => {
      for (const user of ['unknown', '%', '']) {
        await expect(run(second, name, { user })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      }
    },
  );
});
