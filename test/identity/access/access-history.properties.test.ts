import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { system } from '../../../src/changes/origin.ts';
import {
  createAccessHistoryStore,
  type PastAccount,
  type Subject,
} from '../../../src/identity/access/access-history.store.ts';
import { createPruneAccessHistory } from '../../../src/identity/access/access-history-prune.store.ts';
import { emptyTables } from '../../support/reused-databases.ts';
import { timesOf } from '../../support/sample.ts';
import { storeDependencies } from '../../support/store-dependencies.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const ids = ['1', '2', '3'].map((digit) => `00000000-0000-7000-8000-00000000000${digit}`);
const subjects: readonly Subject[] = ids.flatMap((id) => [
  { kind: 'USER', id },
  { kind: 'API_CLIENT', id },
]);

/** A group as one source gives it: it is held until the latest end of all sources. */
type SourcedGrant = PastAccount['grants'][number] & { readonly source: string };
interface Account extends Pick<PastAccount, 'state'> {
  readonly grants: readonly SourcedGrant[];
}

/** The accounts by kind and id. Those that never existed are absent. */
type Accounts = Map<string, Account>;
const keyOf = ({ kind, id }: Subject) => `${kind} ${id}`;
const absent: Account = { state: undefined, grants: [] };

/** A change by SQL, which is the last door: the triggers of the database see all others like it. */
interface Change {
  readonly sql: string;
  readonly model: (accounts: Accounts) => void;
}

const dayMs = 24 * 60 * 60 * 1000;
const id = fc.constantFrom(...ids);
const group = fc.constantFrom('A', 'B', 'C');
const ends = [new Date('2200-01-01'), new Date('2300-01-01')] as const;
/** What a package gives has an end. */
const terms = fc.oneof(
  fc.record({ source: fc.constant(''), expiresAt: fc.constantFrom(null, ...ends) }),
  fc.record({ source: fc.constant('package:x'), expiresAt: fc.constantFrom(...ends) }),
);
type Terms = Pick<SourcedGrant, 'source' | 'expiresAt'>;

const exists = (account: Account | undefined): account is Account =>
  account?.state !== undefined && account.state !== 'DELETED';

/** Changes an account, if it exists. */
const changing =
  (subject: Subject, next: (account: Account) => Account) => (accounts: Accounts) => {
    const account = accounts.get(keyOf(subject));
    if (exists(account)) accounts.set(keyOf(subject), next(account));
  };
const user = (userId: string): Subject => ({ kind: 'USER', id: userId });
const client = (clientId: string): Subject => ({ kind: 'API_CLIENT', id: clientId });
const deleted: Account = { state: 'DELETED', grants: [] };
const granted = (groups: readonly string[]) =>
  groups.map((each) => ({ group: each, source: '', expiresAt: null }));

const tables = { USER: 'users', API_CLIENT: 'api_clients' } as const;

function createUser([userId]: [string]): Change {
  return {
    sql: `INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
      VALUES ('${userId}', '${userId}', '${userId}', 'x', '') ON CONFLICT DO NOTHING`,
    model(accounts) {
      if (exists(accounts.get(keyOf(user(userId))))) return;
      accounts.set(keyOf(user(userId)), { state: 'CREATED', grants: [] });
    },
  };
}

function createClient([clientId, groups]: [string, string[]]): Change {
  return {
    sql: `INSERT INTO gatehouse.api_clients (id, name, groups, secret_hash)
      VALUES ('${clientId}', 'x', '{${groups}}', sha256('${clientId}')) ON CONFLICT DO NOTHING`,
    model(accounts) {
      if (exists(accounts.get(keyOf(client(clientId))))) return;
      accounts.set(keyOf(client(clientId)), { state: 'CREATED', grants: granted(groups) });
    },
  };
}

function grant([userId, name, { source, expiresAt }]: [string, string, Terms]): Change {
  return {
    sql: `INSERT INTO gatehouse.memberships (user_id, "group", source, expires_at)
      SELECT id, '${name}', '${source}', ${expiresAt === null ? 'NULL' : `'${expiresAt.toISOString()}'`}
      FROM gatehouse.users WHERE id = '${userId}'
      ON CONFLICT (user_id, "group", source) DO UPDATE SET expires_at = excluded.expires_at`,
    model: changing(user(userId), ({ state, grants }) => ({
      state,
      grants: [
        ...grants.filter((each) => each.group !== name || each.source !== source),
        { group: name, source, expiresAt },
      ],
    })),
  };
}

function revoke([userId, name, { source }]: [string, string, Terms]): Change {
  return {
    sql: `DELETE FROM gatehouse.memberships
      WHERE user_id = '${userId}' AND "group" = '${name}' AND source = '${source}'`,
    model: changing(user(userId), ({ state, grants }) => ({
      state,
      grants: grants.filter((each) => each.group !== name || each.source !== source),
    })),
  };
}

function regroupClient([clientId, groups]: [string, string[]]): Change {
  return {
    sql: `UPDATE gatehouse.api_clients SET groups = '{${groups}}' WHERE id = '${clientId}'`,
    model: changing(client(clientId), ({ state }) => ({ state, grants: granted(groups) })),
  };
}

/** Renames the group of those who do not hold the other one. */
function rename([from, to]: [string, string]): Change {
  return {
    sql: `UPDATE gatehouse.memberships AS old SET "group" = '${to}' WHERE "group" = '${from}' AND NOT EXISTS (
      SELECT FROM gatehouse.memberships WHERE user_id = old.user_id AND "group" = '${to}')`,
    model(accounts) {
      for (const userId of ids) {
        changing(user(userId), ({ state, grants }) => ({
          state,
          grants: grants.some((each) => each.group === to)
            ? grants
            : grants.map((each) => (each.group === from ? { ...each, group: to } : each)),
        }))(accounts);
      }
    },
  };
}

function disable([subject, isDisabled]: [Subject, boolean]): Change {
  return {
    sql: `UPDATE gatehouse.${tables[subject.kind]} SET disabled_at = ${isDisabled ? 'now()' : 'NULL'}
      WHERE id = '${subject.id}'`,
    model: changing(subject, ({ state, grants }) => {
      const enabled = state === 'DISABLED' ? 'ENABLED' : state;
      return { state: isDisabled ? 'DISABLED' : enabled, grants };
    }),
  };
}

const remove = (subject: Subject): Change => ({
  sql: `DELETE FROM gatehouse.${tables[subject.kind]} WHERE id = '${subject.id}'`,
  model: changing(subject, () => deleted),
});

const empty = (table: string): Change => ({
  sql: `TRUNCATE gatehouse.${table} CASCADE`,
  model(accounts) {
    const emptied = subjects.filter(({ kind }) => tables[kind] === table);
    for (const subject of emptied) changing(subject, () => deleted)(accounts);
  },
});

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(id).map(createUser) },
  { weight: 3, arbitrary: fc.tuple(id, fc.uniqueArray(group)).map(createClient) },
  { weight: 6, arbitrary: fc.tuple(id, group, terms).map(grant) },
  { weight: 2, arbitrary: fc.tuple(id, group, terms).map(revoke) },
  { weight: 2, arbitrary: fc.tuple(id, fc.uniqueArray(group)).map(regroupClient) },
  { weight: 4, arbitrary: fc.tuple(group, group).map(rename) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...subjects), fc.boolean()).map(disable) },
  { weight: 1, arbitrary: fc.constantFrom(...subjects).map(remove) },
  { weight: 1, arbitrary: fc.constantFrom('users', 'api_clients').map(empty) },
);

const groupsOf = (grants: readonly SourcedGrant[]): readonly string[] => [
  ...new Set(grants.map((each) => each.group)),
];

/** An account of the model at a time after its last change, as the store returns it. */
const asOf = (account: Account | undefined, at: Date): PastAccount => ({
  state: account?.state,
  grants: groupsOf(account?.grants ?? [])
    .map((name) => ({
      group: name,
      expiresAt: latest((account?.grants ?? []).filter((each) => each.group === name)),
    }))
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > at)
    .toSorted((one, other) => (one.group < other.group ? -1 : 1)),
});

const latest = (grants: readonly SourcedGrant[]): Date | null =>
  grants.some(({ expiresAt }) => expiresAt === null)
    ? null
    : new Date(Math.max(...grants.map(({ expiresAt }) => Number(expiresAt))));

async function openHistory() {
  const connection = await createTestDatabase();
  onTestFinished(() => connection.close());
  const dependencies = storeDependencies({ database: connection.database });
  return {
    dependencies,
    store: createAccessHistoryStore(dependencies),
    migrations: connection.migrations,
  };
}

/** The accounts from a time on. */
interface StateAt {
  readonly at: number;
  readonly state: Accounts;
}

type History = Awaited<ReturnType<typeof openHistory>>;

/** Makes the changes. Returns the accounts after each time at which something changed, by that time. */
async function replay({ migrations }: History, changes: readonly Change[]): Promise<StateAt[]> {
  await migrations.query(emptyTables);
  const accounts: Accounts = new Map();
  const states = new Map<number, Accounts>();
  for (const { sql, model } of changes) {
    // No two changes are made in one millisecond, which is how exact the times are.
    await migrations.query('SELECT pg_sleep(0.002)');
    await migrations.query(sql);
    model(accounts);
    const [last] = await migrations.query<{ readonly at: Date | null }>(
      'SELECT max(at) AS at FROM gatehouse.access_changes',
    );
    if (last?.at) states.set(last.at.getTime(), new Map(accounts));
  }
  return [...states].map(([at, state]) => ({ at, state }));
}

/** Compares the accounts at each of these times, at that of an expiry, and after it. */
async function expectHistory({ store }: History, states: readonly StateAt[]) {
  const last = states.at(-1)?.state ?? new Map();
  const expiry = Date.parse('2200-01-01');
  const later = [expiry - 1, expiry, expiry + 1].map((at) => ({ at, state: last }));
  for (const { at, state } of [...states, ...later]) {
    for (const subject of subjects) {
      const expected = asOf(state.get(keyOf(subject)) ?? absent, new Date(at));
      expect(await store.accountAt(subject, new Date(at)), `${keyOf(subject)} at ${at}`).toEqual(
        expected,
      );
    }
  }
}

/**
 * Returns the accounts of which a time finds no more than their deletion. The rows of one change may have times that
 * differ, such as those of an account and of its groups, so that the states alone do not say it.
 */
async function deletedBefore({ migrations }: History, before: Date): Promise<ReadonlySet<string>> {
  const rows = await migrations.query<Subject & { readonly change: string }>(
    `SELECT DISTINCT ON (subject_kind, subject_id)
       subject_kind::text AS kind, subject_id::text AS id, kind::text AS change
     FROM gatehouse.access_changes WHERE "group" = '' AND at < '${before.toISOString()}'
     ORDER BY subject_kind, subject_id, access_changes.id DESC`,
  );
  return new Set(rows.filter(({ change }) => change === 'DELETED').map(keyOf));
}

/** Leaves out accounts that were forgotten, until they are made again. */
function withoutForgotten(states: readonly StateAt[], deleted: ReadonlySet<string>): StateAt[] {
  const forgotten = new Set(deleted);
  return states.map(({ at, state }) => {
    for (const [key, account] of state) if (exists(account)) forgotten.delete(key);
    return { at, state: new Map([...state].filter(([key]) => !forgotten.has(key))) };
  });
}

describe('the history of access', { timeout: 120_000 }, () => {
  it('says what each account held at each time, whatever was changed by SQL', async () => {
    const world = await openHistory();
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 15 }), async (changes) => {
        await expectHistory(world, await replay(world, changes));
      }),
      { numRuns: timesOf(20, 6) },
    );
  });

  it('says the same from the time on before which it was pruned, and keeps no more than that', async () => {
    const world = await openHistory();
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 5, maxLength: 15 }),
        fc.nat(),
        async (changes, choice) => {
          const states = await replay(world, changes);
          const kept = states.slice(states.length === 0 ? 0 : choice % states.length);
          const before = new Date(kept[0]?.at ?? 0);
          const forgotten = await deletedBefore(world, before);
          const prune = createPruneAccessHistory(world.dependencies, 2);
          await prune(before, system);
          await expectHistory(world, withoutForgotten(kept, forgotten));
          await prune(new Date(Date.now() + dayMs), system);
          const alive = [...(states.at(-1)?.state.values() ?? [])].filter(exists);
          const [row] = await world.migrations.query<{ readonly rows: number }>(
            'SELECT count(*)::int AS rows FROM gatehouse.access_changes',
          );
          expect(row?.rows).toBe(
            alive.reduce((sum, { grants }) => sum + 1 + groupsOf(grants).length, 0),
          );
        },
      ),
      { numRuns: timesOf(20, 6) },
    );
  });
});
