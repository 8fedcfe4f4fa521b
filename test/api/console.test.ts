import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatehouseConsole } from '@graphql-gatehouse/console';
import { operations } from '@graphql-gatehouse/operations';
import { rights } from '@graphql-gatehouse/rights';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchemaReport, toMarkdown } from '../../src/gatehouse/schema-report.ts';
import type { GatehousePackage } from '../../src/index.ts';
import type { Project } from '../../src/schema/project.ts';
import { projectWith } from '../support/package-server.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';

/** The console without its pages, which a build makes. */
const console: GatehousePackage = { ...gatehouseConsole(), pages: [] };

const documents = `
query Board { rooms { edges { node { id name } } } }
query People($first: Int) { users(first: $first) { edges { node { id email } } } }`;

let project: Project;
let folder: string;
let server: TestServer;
let auditor: TestUser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-console-'));
  await writeFile(join(folder, 'front.graphql'), documents);
  const packages = [console, operations({ files: [join(folder, 'front.graphql')] }), rights()];
  project = projectWith(packages, { groupSets: [['MANAGER', 'AUDITOR']] });
  server = await startTestServer({ project });
  auditor = await server.aUser('AUDITOR');
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

type Variables = Readonly<Record<string, unknown>>;
const ask = async (query: string, variables: Variables = {}) => {
  const answer = await server.ask(query, { token: auditor.accessToken, variables });
  expect(answer.errors, query).toEqual([]);
  return answer.data;
};

/** Selects all fields of the console. */
const fields = {
  consoleLastAdmin: 'consoleLastAdmin',
  consoleUsers: 'consoleUsers { enabled }',
  consoleMatrix: `consoleMatrix { columns notes projectTypes
    rows { typeName coordinate requirement cells stricter } }`,
  consoleChanges: `consoleChanges { since isServed columns newGroups removedGroups settings { was now }
    rows { typeName coordinate was { requirement cells } now { requirement cells } } }`,
  consoleWays: `consoleWays(coordinate: "User.email") {
    coordinate columns hasMore problems operations { file operation }
    ways { operation verdicts steps { coordinate on guards places ids { coordinate typeName rows } } } }`,
  consoleGroups: 'consoleGroups { name description implies factors members ending }',
  consoleGroup: `consoleGroup(name: "MANAGER") { name implies reached problems
    opened { coordinate verdict way } operations { file operation verdict } }`,
  consoleView: `consoleView(groups: ["MANAGER", "AUDITOR"]) { groups problems
    rows { typeName coordinate requirement access depends } operations { file operation verdict } }`,
  consoleOperations: `consoleOperations { columns problems
    files { name operations { name cost deprecated verdicts } } }`,
  consoleUnusedRights: `consoleUnusedRights(days: 30) { since until groups
    gaps { from to reason } unused { group coordinate amongOthers }
    neverAlone { group coordinate amongOthers }
    memberships { userId username group lastUsedOn } hasMoreMemberships }`,
  consoleHealth: `consoleHealth { isDevelopment checkedAt versions { gatehouse node }
    checks { name state found advice } keys { id state createdAt signsFrom endsAt } }`,
};

describe('the fields of the console', () => {
  it.each(Object.entries(fields))('%s is for ADMIN and AUDITOR alone', async (name, field) => {
    for (const groups of [['ADMIN'], ['AUDITOR']]) {
      const { accessToken: token } = await server.aUser(...groups);
      const { errors } = await server.ask(`{ ${field} }`, { token });
      expect(errors, groups[0]).toEqual([]);
    }
    const { accessToken: token } = await server.aUser('MANAGER', 'STAFF');
    const refused = await server.ask(`{ ${field} }`, { token });
    expect([refused.status, refused.code]).toEqual([403, 'FORBIDDEN']);
    expect(refused.errors[0].path).toEqual([name]);
    const anonymous = await server.ask(`{ ${field} }`);
    expect([anonymous.status, anonymous.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('may be asked for at once, as many as an operation may have', async () => {
    const all = Object.entries(fields);
    for (const asked of [all.slice(0, 10), all.slice(-10)]) {
      const data = await ask(`{ ${asked.map(([, field]) => field).join('\n')} }`);
      expect(Object.keys(data)).toEqual(asked.map(([name]) => name));
    }
  });
});

describe('the last administrator', () => {
  const askLast = async () => (await ask('{ consoleLastAdmin }')).consoleLastAdmin;
  const change = (query: string, variables: Variables) =>
    server.ask(query, { token: server.admin.accessToken, variables });
  const expire =
    'mutation ($id: ID!) { grantGroup(userId: $id, group: ADMIN, expiresAt: "2999-01-01T00:00:00Z") { id } }';
  const disable = 'mutation ($id: ID!) { disableUser(id: $id) { id } }';

  it('is the one whom the server would not let go, beside disabled ones and memberships that end', async () => {
    const [expiring, disabled] = [await server.aUser('ADMIN'), await server.aUser('ADMIN')];
    expect(await askLast()).toBeNull();
    const others = await server.connection.migrations.query<{ readonly id: string }>(
      `SELECT user_id AS id FROM gatehouse.memberships WHERE "group" = 'ADMIN' AND user_id <> '${server.admin.id}'`,
    );
    for (const { id } of others) {
      expect(await askLast()).toBeNull();
      const answer = await change(id === disabled.id ? disable : expire, { id });
      expect(answer.errors).toEqual([]);
    }
    expect(await askLast()).toBe(server.admin.id);
    const refused = await change(expire, { id: server.admin.id });
    expect(refused.errors[0].extensions).toMatchObject({ reason: 'LAST_ADMIN' });
    await change('mutation ($id: ID!) { grantGroup(userId: $id, group: ADMIN) { id } }', {
      id: expiring.id,
    });
    expect(await askLast()).toBeNull();
  });
});

describe('the matrix', () => {
  it('has the cells of access-matrix.md', async () => {
    const { consoleMatrix } = await ask(`{ ${fields.consoleMatrix} }`);
    const lines = toMarkdown(createSchemaReport(project).accessMatrix())
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const plain = (line: string) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.replaceAll('`', '').trim());
    interface Row {
      readonly coordinate: string;
      readonly requirement: string;
      readonly cells: readonly string[];
    }
    expect(
      consoleMatrix.rows.map(({ coordinate, requirement, cells }: Row) => [
        coordinate,
        requirement,
        ...cells,
      ]),
    ).toEqual(lines.map(plain));
    expect(consoleMatrix.columns.slice(0, 3)).toEqual(['anonymous', 'authenticated', 'ADMIN']);
  });
});

describe('the rows of the matrix', () => {
  it('name the viewers for whom an argument, or what it can supply, asks for more', async () => {
    const { consoleMatrix } = await ask(`{ ${fields.consoleMatrix} }`);
    const stricterOf = (name: string) =>
      consoleMatrix.rows.find(({ coordinate }: { coordinate: string }) => coordinate === name)
        .stricter;
    // `Group.ADMIN` asks for a fresh log-in.
    expect(stricterOf('Mutation.grantGroup')).toContain('ADMIN');
    // Disabled users are for ADMIN alone.
    expect(stricterOf('Query.users')).toContain('AUDITOR');
    expect(stricterOf('Query.users')).not.toContain('ADMIN');
    expect(stricterOf('Query.room')).toEqual([]);
    expect(stricterOf('Query.auditEvents')).not.toContain('STAFF');
  });

  it('are of types of the project, or of Gatehouse and packages', async () => {
    const { projectTypes } = (await ask(`{ ${fields.consoleMatrix} }`)).consoleMatrix;
    expect(projectTypes).toEqual(expect.arrayContaining(['Room', 'RoomEntry']));
    for (const name of ['User', 'Query', 'ConsoleMatrix', 'AuditEvent']) {
      expect(projectTypes).not.toContain(name);
    }
  });
});

describe('the ways to a coordinate', () => {
  it('have the guards with their places, and what each kind of viewer gets', async () => {
    const { consoleWays } = await ask(`{ ${fields.consoleWays} }`);
    expect(consoleWays).toMatchObject({ coordinate: 'User.email', hasMore: true, problems: [] });
    expect(consoleWays.columns).toContain('MANAGER + AUDITOR');
    const [way] = consoleWays.ways;
    expect(way.steps.at(-1)).toEqual({
      coordinate: 'User.email',
      on: null,
      guards: ['@auth(requires: [ADMIN], or: [SELF])'],
      places: [expect.stringMatching(/user\.graphql:\d+$/)],
      ids: [],
    });
    expect(way.verdicts).toHaveLength(consoleWays.columns.length);
    expect(way.verdicts[0]).toMatch(/^refused: /);
    expect(consoleWays.operations).toEqual([
      { file: expect.stringMatching(/front\.graphql$/), operation: 'People' },
    ]);
  });

  it('are as many as asked for, the shortest first', async () => {
    const waysOf = async (first: number) => {
      const query = `query ($first: Int) { consoleWays(coordinate: "User.email", first: $first) {
        hasMore ways { operation steps { coordinate } } } }`;
      return (await ask(query, { first })).consoleWays;
    };
    const three = await waysOf(3);
    expect([three.ways.length, three.hasMore]).toEqual([3, true]);
    expect((await waysOf(2)).ways).toEqual(three.ways.slice(0, 2));
    for (const first of [0, -1, 101]) {
      const { errors } = await server.ask(
        'query ($first: Int) { consoleWays(coordinate: "User.email", first: $first) { hasMore } }',
        { token: auditor.accessToken, variables: { first } },
      );
      expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'first' });
    }
  });

  it.each([
    { groups: [], column: 'authenticated' },
    { groups: ['MANAGER'], column: 'MANAGER' },
    { groups: ['MANAGER', 'AUDITOR'], column: 'MANAGER + AUDITOR' },
  ])('for a viewer in the groups $groups have its verdicts alone', async ({ groups, column }) => {
    const selected = '{ columns ways { operation verdicts } }';
    const { all, own } = await ask(
      `query ($groups: [String!]) {
        all: consoleWays(coordinate: "User.email") ${selected}
        own: consoleWays(coordinate: "User.email", groups: $groups) ${selected}
      }`,
      { groups },
    );
    const index = all.columns.indexOf(column);
    expect(own.columns).toEqual([column]);
    expect(own.ways).toEqual(
      all.ways.map(({ operation, verdicts }: { operation: string; verdicts: string[] }) => ({
        operation,
        verdicts: [verdicts[index]],
      })),
    );
  });

  it('for groups that the schema does not have do not exist', async () => {
    const query = '{ consoleWays(coordinate: "User.email", groups: ["UNKNOWN"]) { hasMore } }';
    expect(await ask(query)).toEqual({ consoleWays: null });
  });

  it.each(['User.nothing', 'Nothing', '', 'User.email(', '__proto__', 'constructor.name'])(
    'of "%s" do not exist',
    async (coordinate) => {
      const query =
        'query ($coordinate: String!) { consoleWays(coordinate: $coordinate) { hasMore } }';
      expect(await ask(query, { coordinate })).toEqual({ consoleWays: null });
    },
  );
});

describe('a group', () => {
  const grant =
    'mutation ($id: ID!, $at: DateTime) { grantGroup(userId: $id, group: MANAGER, expiresAt: $at) { id } }';
  const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60_000).toISOString();

  it('is listed with what it implies, its members, and how many of them end within 7 days', async () => {
    const read = async () => {
      const { consoleGroups } = await ask(`{ ${fields.consoleGroups} }`);
      return consoleGroups.find(({ name }: { readonly name: string }) => name === 'MANAGER');
    };
    const before = await read();
    expect(before).toMatchObject({
      description: 'Manages rooms, and creates users.',
      implies: [],
      factors: 1,
    });
    for (const at of [null, inDays(6.9), inDays(7.1)]) {
      const { id } = await server.aUser('STAFF');
      await server.ask(grant, { token: server.admin.accessToken, variables: { id, at } });
    }
    const { members, ending } = await read();
    expect([members - before.members, ending - before.ending]).toEqual([3, 1]);
    const { id } = await server.aUser('MANAGER');
    await server.connection.migrations.query(
      `UPDATE gatehouse.memberships SET granted_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE user_id = '${id}'`,
    );
    expect(await read()).toMatchObject({ members, ending });
  });

  it('is listed with the most factors that packages ask for it, or for a group that it implies', async () => {
    const chiefs: GatehousePackage = {
      name: 'chiefs',
      groupFactors: { MANAGER: 2, STAFF: 1 },
      domains: () => [
        {
          name: 'chiefs',
          typeDefs: 'extend enum Group { "Leads." CHIEF @implies(groups: [MANAGER]) }',
        },
      ],
    };
    const milder: GatehousePackage = { name: 'milder', groupFactors: { MANAGER: 1 } };
    const other = await startTestServer({ project: projectWith([console, chiefs, milder]) });
    const { data } = await other.ask('{ consoleGroups { name factors } }', {
      token: other.admin.accessToken,
    });
    await other.stop();
    const two = data.consoleGroups.filter(
      ({ factors }: { readonly factors: number }) => factors > 1,
    );
    expect(two.map(({ name }: { readonly name: string }) => name)).toEqual(['CHIEF', 'MANAGER']);
  });

  it('opens what a user in no group does not reach', async () => {
    const { consoleGroup } = await ask(`{ ${fields.consoleGroup} }`);
    expect(consoleGroup).toMatchObject({ name: 'MANAGER', implies: [], problems: [] });
    expect(consoleGroup.opened).toContainEqual({
      coordinate: 'Query.users',
      verdict: 'allowed',
      way: ['Query.users'],
    });
    expect(await ask('{ consoleGroup(name: "JANITOR") { reached } }')).toEqual({
      consoleGroup: null,
    });
  });

  it('opens to a user in other groups what these do not reach', async () => {
    const openedBy = async (beside: string) => {
      const { consoleGroup } = await ask(
        `{ consoleGroup(name: "MANAGER", beside: ${beside}) { opened { coordinate } } }`,
      );
      return consoleGroup?.opened.map((each: { readonly coordinate: string }) => each.coordinate);
    };
    const alone = await openedBy('[]');
    const besideAdmin = await openedBy('["ADMIN"]');
    expect(alone).toContain('Query.users');
    expect(besideAdmin).not.toContain('Query.users');
    expect(besideAdmin).toContain('Room.accessCode');
    expect(await openedBy('["MANAGER", "STAFF"]')).toEqual([]);
    expect(await openedBy('["JANITOR"]')).toBeUndefined();
  });
});

describe('a view', () => {
  interface Row {
    readonly coordinate: string;
    readonly access: string;
    readonly depends: boolean;
  }
  const viewOf = async (groups: readonly string[] | null) => {
    const query = `query ($groups: [String!]) { consoleView(groups: $groups) {
      groups rows { coordinate access depends } operations { operation verdict } } }`;
    return (await ask(query, { groups })).consoleView;
  };

  it.each([
    { column: 'anonymous', groups: null },
    { column: 'authenticated', groups: [] },
    { column: 'ADMIN', groups: ['ADMIN'] },
    { column: 'STAFF', groups: ['STAFF'] },
  ])('of one kind of viewer is the column "$column" of the matrix', async ({ column, groups }) => {
    const { consoleMatrix } = await ask(`{ ${fields.consoleMatrix} }`);
    const index = consoleMatrix.columns.indexOf(column);
    const view = await viewOf(groups);
    expect(view.groups).toEqual(groups);
    expect(view.rows.map(({ access }: Row) => access)).toEqual(
      consoleMatrix.rows.map(({ cells }: { readonly cells: readonly string[] }) => cells[index]),
    );
  });

  it('of several groups has what each of them opens', async () => {
    const { rows } = await viewOf(['MANAGER', 'AUDITOR']);
    const accessAt = (coordinate: string) =>
      rows.find((row: Row) => row.coordinate === coordinate)?.access;
    expect(accessAt('Query.auditEvents')).toBe('yes');
    expect(accessAt('Query.users')).toBe('yes');
    expect(accessAt('Query.users(includeDisabled:)')).toBe('no');
    const { operations: decided } = await viewOf(['MANAGER', 'AUDITOR']);
    expect(decided).toEqual([
      { operation: 'Board', verdict: expect.stringMatching(/^allowed/) },
      { operation: 'People', verdict: expect.stringMatching(/^allowed, depends: policy/) },
    ]);
  });

  it('marks where data decide too', async () => {
    const { rows } = await viewOf(['STAFF']);
    const rowAt = (coordinate: string) => rows.find((row: Row) => row.coordinate === coordinate);
    expect(rowAt('User.email')).toMatchObject({ access: 'SELF', depends: true });
    expect(rowAt('Query.users')).toMatchObject({ access: 'no', depends: false });
    expect(rowAt('Group.ADMIN')).toMatchObject({ access: 'yes, 900 s', depends: false });
  });

  it('of something that is no group does not exist', async () => {
    expect(await viewOf(['MANAGER', 'JANITOR'])).toBeNull();
  });
});

describe('the operations of front ends', () => {
  it('have a cost, and a verdict for each column', async () => {
    const { consoleOperations } = await ask(`{ ${fields.consoleOperations} }`);
    const { columns, files, problems } = consoleOperations;
    expect(problems).toEqual([]);
    const [{ operations: found }] = files;
    expect(found.map(({ name }: { readonly name: string }) => name)).toEqual(['Board', 'People']);
    expect(found[1].verdicts[columns.indexOf('STAFF')]).toBe('refused: Query.users');
    expect(found[1].cost).toBeGreaterThan(100);
  });

  it('have no field without the package that decides them', () => {
    const namesOf = (packages: Parameters<typeof projectWith>[0]) =>
      Object.keys(
        createSchemaReport(projectWith(packages)).composed().schema.getQueryType()?.getFields() ??
          {},
      );
    expect(namesOf([console, operations()])).toContain('consoleOperations');
    expect(namesOf([console])).not.toContain('consoleOperations');
  });

  it('are shown with what is wrong with them', async () => {
    await writeFile(join(folder, 'front.graphql'), `${documents} query Lost { nothing }`);
    const { consoleOperations } = await ask(`{ ${fields.consoleOperations} }`);
    expect(consoleOperations.problems).toEqual([expect.stringContaining('Lost')]);
    await writeFile(join(folder, 'front.graphql'), documents);
  });
});

describe('the unused rights', () => {
  it('are those of the command, with the gaps', async () => {
    const { consoleUnusedRights } = await ask(`{ ${fields.consoleUnusedRights} }`);
    expect(consoleUnusedRights.groups).toContain('STAFF');
    expect(consoleUnusedRights.gaps[0]).toMatchObject({ reason: 'NONE' });
    expect(consoleUnusedRights.memberships).toEqual([]);
    expect(consoleUnusedRights.hasMoreMemberships).toBe(false);
  });

  it.each([0, 401])('are not reported of %i days', async (days) => {
    const { errors } = await server.ask(`{ consoleUnusedRights(days: ${days}) { since } }`, {
      token: auditor.accessToken,
    });
    expect(errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', argument: 'days' } });
  });
});

describe('the health', () => {
  it('has what doctor finds, through the open database, with versions and keys', async () => {
    const { consoleHealth } = await ask(`{ ${fields.consoleHealth} }`);
    expect(consoleHealth.versions).toEqual({
      gatehouse: expect.stringMatching(/^\d+\./),
      node: process.version,
    });
    const names = consoleHealth.checks.map(({ name }: { readonly name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['settings', 'signing keys', 'database', 'migrations', 'clock']),
    );
    const migrations = consoleHealth.checks.find(
      ({ name }: { readonly name: string }) => name === 'migrations',
    );
    expect(migrations).toMatchObject({ state: 'OK', advice: null });
    expect(consoleHealth.isDevelopment).toBe(true);
    expect(consoleHealth.checks[0]).toMatchObject({ name: 'settings', state: 'NOTE' });
    expect(consoleHealth.keys).toEqual([
      {
        id: expect.any(String),
        state: 'SIGNING',
        createdAt: expect.any(String),
        signsFrom: null,
        endsAt: null,
      },
    ]);
    expect(JSON.stringify(consoleHealth)).not.toMatch(/"d":|PRIVATE|postgres:\/\//);
  });

  it('is examined once for all who ask within some seconds', async () => {
    const checkedAt = async () => (await ask('{ consoleHealth { checkedAt } }')).consoleHealth;
    const all = await Promise.all(Array.from({ length: 5 }, checkedAt));
    expect(new Set(all.map((each) => each.checkedAt)).size).toBe(1);
  });
});

describe('the name of the installation', () => {
  it('is null where the configuration has none, for everyone who opens the console', async () => {
    const answer = await server.ask('{ consoleName }');
    expect(answer.data).toEqual({ consoleName: null });
  });

  it.each(['', ' Wards', 'Wards ', 'a\nb', 'a'.repeat(41), '\u202ewards'])(
    'is rejected at startup when a line cannot show it: %j',
    (name) => {
      expect(() => gatehouseConsole({ name })).toThrow('name must have 1 to 40 characters');
    },
  );
});
