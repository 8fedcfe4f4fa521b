import { randomUUID } from 'node:crypto';
import { gatehouseConsole } from '@graphql-gatehouse/console';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountActions } from '../../packages/console/src/account-actions.ts';
import type { Origin } from '../../src/changes/origin.ts';
import { recordEvent } from '../../src/changes/record-event.ts';
import type { GatehousePackage } from '../../src/index.ts';
import { claimsOf } from '../support/claims.ts';
import { requireDone } from '../support/node-client.ts';
import { startPackageServer } from '../support/package-server.ts';
import { timesOf } from '../support/sample.ts';
import {
  adminPassword,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

/** The console without its pages, which a build makes. */
const console: GatehousePackage = { ...gatehouseConsole(), pages: [] };

let server: TestServer;
beforeAll(async () => {
  server = await startPackageServer({ packages: [console], now: () => new Date() });
});
afterAll(() => server.stop());

/** A record as the API returns it, without its id and its time. */
interface Shown {
  readonly action: string;
  readonly by: string;
  readonly isAboutMe: boolean;
  readonly ip: string | null;
}

interface Page {
  readonly records: readonly (Shown & { readonly id: string; readonly at: string })[];
  readonly next: string | null;
}

const query = `query ($first: Int, $after: ID) { consoleHistory(first: $first, after: $after) {
  next records { id at action by isAboutMe ip } } }`;

const ask = (token: string, variables: object = {}) =>
  server.ask(query, { token, variables: { ...variables } });

async function pageOf(user: TestUser, variables: object = {}): Promise<Page> {
  const { status, data, text } = await ask(user.accessToken, variables);
  expect(status, text).toBe(200);
  return data.consoleHistory;
}

const historyOf = async (user: TestUser): Promise<readonly Shown[]> =>
  (await pageOf(user, { first: 100 })).records.map(({ id: _id, at: _at, ...shown }) => shown);

/** Records an event as a request from `ip` by someone would. */
const record = (
  [action, actor, subjectId]: readonly [string, Origin['actor'], string | null],
  ip: string | null = '203.0.113.9',
) =>
  recordEvent(
    server.connection.database,
    { actor, ip },
    { at: new Date(), action, subjectId, detail: 'a detail about Olga' },
  );

const asAdmin = async (mutation: string) =>
  requireDone(
    await server.ask(`mutation { ${mutation} }`, {
      token: (await server.logIn('admin', adminPassword)).accessToken,
    }),
  );

const theirs = { by: 'ANOTHER_USER', isAboutMe: true, ip: null };
const own = { by: 'ME', isAboutMe: true, ip: '127.0.0.1' };

describe('the history of the own account', () => {
  it('has what administrators, others and the user did to it, and their log-ins', async () => {
    const user = await server.aUser('STAFF');
    const { id, username } = user;
    await asAdmin(`grantGroup(userId: "${id}", group: MANAGER) { id }`);
    await asAdmin(`revokeGroup(userId: "${id}", group: MANAGER) { id }`);
    await asAdmin(`updateUser(id: "${id}", input: { displayName: "D" }) { id }`);
    const wrong = `mutation { login(username: "${username}", password: "wrong") { tokenType } }`;
    expect((await server.ask(wrong)).reason).toBe('BAD_CREDENTIALS');
    const other = await server.logIn(username, userPassword);
    const { sid } = claimsOf(other.accessToken);
    const end = `mutation { endSession(id: "${sid}") }`;
    requireDone(await server.ask(end, { token: user.accessToken }));
    const refused = `mutation { changePassword(currentPassword: "no", newPassword: "${userPassword}") { tokenType } }`;
    await server.ask(refused, { token: user.accessToken });
    expect(await historyOf(user)).toEqual([
      { action: 'password.change_refused', ...own },
      { action: 'session.ended', ...own, isAboutMe: false },
      { action: 'login.succeeded', ...own },
      { action: 'login.failed', by: 'ANONYMOUS', isAboutMe: true, ip: null },
      { action: 'user.updated', ...theirs },
      { action: 'membership.revoked', ...theirs },
      { action: 'membership.granted', ...theirs },
      { action: 'login.succeeded', ...own },
      { action: 'user.created', ...theirs },
    ]);
  });

  it('has nothing of other users, and nothing that identifies one', async () => {
    const [user, other] = [await server.aUser('STAFF'), await server.aUser('STAFF')];
    const admin = { kind: 'USER', id: server.admin.id } as const;
    const program = { kind: 'API_CLIENT', id: randomUUID() } as const;
    const { sid } = claimsOf(user.accessToken);
    await record(['user.disabled', admin, user.id]);
    await record(['user.disabled', program, user.id]);
    await record(['login.failed', null, user.id]);
    await record(['membership.granted', null, user.id], null);
    // About others, and about what belongs to the user.
    await record(['user.disabled', admin, other.id]);
    await record(['session.ended', admin, sid]);
    await record(['invitation.cancelled', admin, randomUUID()]);
    await record(['group.renamed', null, null], null);
    // By the user, about others.
    await record(['user.disabled', { kind: 'USER', id: user.id }, other.id], '203.0.113.10');
    // An API client with the id of the user is another actor.
    await record(['user.enabled', { kind: 'API_CLIENT', id: user.id }, other.id]);
    const { text, data } = await ask(user.accessToken, { first: 100 });
    for (const secret of [server.admin.id, 'admin', other.id, program.id, '203.0.113.9', 'Olga']) {
      expect(text).not.toContain(secret);
    }
    const shown = data.consoleHistory.records.map(
      ({ action, by, isAboutMe, ip }: Shown) => [action, by, isAboutMe, ip] as const,
    );
    expect(shown).toEqual([
      ['user.disabled', 'ME', false, '203.0.113.10'],
      ['membership.granted', 'SYSTEM', true, null],
      ['login.failed', 'ANONYMOUS', true, null],
      ['user.disabled', 'API_CLIENT', true, null],
      ['user.disabled', 'ANOTHER_USER', true, null],
      ['login.succeeded', 'ME', true, '127.0.0.1'],
      ['user.created', 'ANOTHER_USER', true, null],
    ]);
  });

  it('has no actions of a project that others caused, such as of an investigation', async () => {
    const user = await server.aUser('STAFF');
    const before = await historyOf(user);
    await record(['fraud.suspected', { kind: 'USER', id: server.admin.id }, user.id]);
    await record(['constructor.called', null, user.id]);
    expect(await historyOf(user)).toEqual(before);
    await record(['visit.booked', { kind: 'USER', id: user.id }, randomUUID()], null);
    const [first] = await historyOf(user);
    expect(first).toEqual({ action: 'visit.booked', by: 'ME', isAboutMe: false, ip: null });
  });

  it('is for users alone', async () => {
    const anonymous = await server.ask(query);
    expect([anonymous.status, anonymous.code]).toEqual([401, 'UNAUTHENTICATED']);
    const created = await asAdmin('createApiClient(name: "bot", groups: [AUDITOR]) { secret }');
    const refused = await ask(created.data.createApiClient.secret);
    expect([refused.status, refused.code]).toEqual([403, 'FORBIDDEN']);
    for (const groups of [[], ['MANAGER'], ['AUDITOR']]) {
      await pageOf(await server.aUser(...groups));
    }
  });

  it.each([{ first: 0 }, { first: 101 }, { first: -1 }, { after: 'x' }, { after: '' }])(
    'refuses %j',
    async (variables) => {
      const { status, code } = await ask((await server.aUser()).accessToken, variables);
      expect([status, code]).toEqual([400, 'BAD_USER_INPUT']);
    },
  );

  it('costs as much as the page is long', async () => {
    const { accessToken } = await server.aUser();
    const askOften = (first: number) => {
      const page = `consoleHistory(first: ${first}) { records { id at action by isAboutMe ip ${'id '.repeat(6)} } }`;
      const pages = Array.from({ length: 9 }, (_, index) => `a${index}: ${page}`);
      return server.ask(`{ ${pages.join(' ')} }`, { token: accessToken });
    };
    expect((await askOften(1)).status).toBe(200);
    const { errors } = await askOften(100);
    expect(errors[0].extensions).toMatchObject({ reason: 'COST', limit: 10_000 });
  });
});

describe('the pages of the history', () => {
  const known = Object.keys(accountActions).slice(0, 4);
  const drawn = fc.record({
    action: fc.constantFrom(...known, 'visit.booked', 'fraud.suspected'),
    by: fc.constantFrom('me', 'other', 'program', 'anonymous'),
    about: fc.constantFrom('me', 'other', 'nothing'),
  });

  it('have each record once, in order, whatever was recorded', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(drawn, { maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        async (events, first) => {
          const user = await server.aUser();
          const other = randomUUID();
          const actors = {
            me: { kind: 'USER', id: user.id },
            other: { kind: 'USER', id: other },
            program: { kind: 'API_CLIENT', id: other },
            anonymous: null,
          } as const;
          const subjects = { me: user.id, other, nothing: null };
          const made = (await pageOf(user, { first: 100 })).records.map(({ id }) => id).reverse();
          for (const { action, by, about } of events) {
            const { eventId } = await record([action, actors[by], subjects[about]]);
            const isMine = by === 'me';
            if (isMine || (about === 'me' && known.includes(action))) made.push(eventId);
          }
          const read: string[] = [];
          let after: string | null = null;
          do {
            const page: Page = await pageOf(user, { first, after });
            expect(page.records.length).toBeLessThanOrEqual(first);
            read.push(...page.records.map(({ id }) => id));
            after = page.next;
          } while (after !== null);
          expect(read).toEqual(made.reverse());
        },
      ),
      { numRuns: timesOf(100, 10) },
    );
  });

  it('stay as they are when more is recorded meanwhile', async () => {
    const user = await server.aUser();
    for (let count = 0; count < 5; count += 1) {
      await record(['user.updated', { kind: 'USER', id: user.id }, user.id]);
    }
    const whole = await pageOf(user, { first: 100 });
    const { records, next } = await pageOf(user, { first: 3 });
    await record(['user.disabled', null, user.id]);
    const rest = await pageOf(user, { first: 100, after: next?.toUpperCase() });
    expect([...records, ...rest.records]).toEqual(whole.records);
  });
});
