import { gatehouseConsole } from '@graphql-gatehouse/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { system } from '../../src/changes/origin.ts';
import { createPruneAccessHistory } from '../../src/identity/access/access-history-prune.store.ts';
import type { GatehouseConfig, GatehousePackage } from '../../src/index.ts';
import { moveHistory } from '../support/access-history.ts';
import { projectWith } from '../support/package-server.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** The console without its pages, which a build makes. */
const console: GatehousePackage = { ...gatehouseConsole(), pages: [] };

/** A package with fields and a group of its own, which asks for factors. */
const parking: GatehousePackage = {
  name: 'parking',
  groupFactors: { PORTER: 1 },
  domains: () => [
    {
      name: 'parking',
      typeDefs: `
        extend enum Group { "Lets cars in." PORTER }
        extend type Query { "A place for a car." place: Place @auth(requires: [PORTER]) }
        "A place for a car."
        type Place { "Its number." number: Int }`,
      resolvers: { Query: { place: () => null } },
    },
  ],
};

let connection: TestDatabase;
beforeAll(async () => {
  connection = await createTestDatabase();
});
afterAll(() => connection.close());

const servers: TestServer[] = [];
const stopAll = () => Promise.all(servers.splice(0).map(({ stop }) => stop()));
afterAll(stopAll);

/** Stops the nodes, which would say each minute what they serve, and moves what they did into the past. */
async function waitDays(days: number): Promise<void> {
  await stopAll();
  await moveHistory(connection.owner.migrations, days);
}

/** Starts a node beside those that run. */
async function startNode(
  changes: GatehouseConfig = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const demo = projectWith([console, ...(changes.packages ?? [])]);
  const { packages = [] } = demo.config;
  const server = await startTestServer({
    project: { ...demo, config: { ...demo.config, ...changes, packages } },
    connection,
    environment,
  });
  servers.push(server);
  return server;
}

const query = `{ consoleChanges {
  since isServed columns newGroups removedGroups settings { was now }
  rows { typeName coordinate was { requirement cells } now { requirement cells } }
} }`;

interface Row {
  readonly coordinate: string;
  readonly was: { readonly requirement: string; readonly cells: readonly string[] } | null;
  readonly now: { readonly requirement: string; readonly cells: readonly string[] } | null;
}

async function changesOn(server: TestServer) {
  const { data, errors } = await server.ask(query, { token: server.admin.accessToken });
  expect(errors).toEqual([]);
  return data.consoleChanges;
}

const coordinatesOf = ({ rows }: { readonly rows: readonly Row[] }) =>
  rows.map(({ coordinate }) => coordinate);

const guards = { 'Query.users': ['AUDITOR'], 'Mutation.createUser': ['ADMIN', 'MANAGER'] };

describe('what changed since nodes served another schema', () => {
  let first: TestServer;
  let second: TestServer;

  it('is null while the history has no other schema', async () => {
    first = await startNode();
    expect(await changesOn(first)).toBeNull();
    const again = await startNode();
    expect(await changesOn(again)).toBeNull();
  });

  it('has the former and the present row of each changed guard, with the texts of the matrix', async () => {
    second = await startNode({ guards });
    const found = await changesOn(second);
    expect(coordinatesOf(found)).toEqual(['Query.users']);
    const { columns, rows } = found;
    const [{ was, now }] = rows;
    const [admin, auditor] = [columns.indexOf('ADMIN'), columns.indexOf('AUDITOR')];
    expect(was.requirement).toBe('@auth(requires: [ADMIN, AUDITOR, MANAGER])');
    expect([was.cells[admin], was.cells[auditor]]).toEqual(['yes', 'yes']);
    expect(now.requirement).toBe('@auth(requires: [AUDITOR])');
    expect([now.cells[admin], now.cells[auditor]]).toEqual(['no', 'yes']);

    const matrixOf = async (server: TestServer) => {
      const matrix = '{ consoleMatrix { columns rows { coordinate requirement cells } } }';
      const { data } = await server.ask(matrix, { token: server.admin.accessToken });
      const row = data.consoleMatrix.rows.find((each: Row) => each.coordinate === 'Query.users');
      return { columns: data.consoleMatrix.columns, row };
    };
    const coordinate = 'Query.users';
    expect(await matrixOf(first)).toEqual({ columns, row: { coordinate, ...was } });
    expect(await matrixOf(second)).toEqual({ columns, row: { coordinate, ...now } });
  });

  it('says during a roll-out that the former schema is served, and the older nodes do not report the newer ones', async () => {
    const found = await changesOn(second);
    expect(found.isServed).toBe(true);
    expect(Date.parse(found.since)).toBeLessThanOrEqual(Date.now());
    expect(await changesOn(first)).toBeNull();
  });

  it('is what a rollback changed, when an earlier schema is served again', async () => {
    await waitDays(10);
    const again = await startNode();
    const found = await changesOn(again);
    expect(found.isServed).toBe(false);
    expect(Date.parse(found.since)).toBeLessThan(Date.now() - 9 * 24 * 60 * 60 * 1000);
    expect(coordinatesOf(found)).toEqual(['Query.users']);
    expect(found.rows[0].now.requirement).toBe('@auth(requires: [ADMIN, AUDITOR, MANAGER])');
  });

  it('has new coordinates, groups and what they ask for, and the same removed', async () => {
    await waitDays(1);
    const more = await changesOn(await startNode({ packages: [parking] }));
    expect(more).toMatchObject({ newGroups: ['PORTER'], removedGroups: [] });
    const demand = '**PORTER** is held by sessions that have confirmed 1 kind of factors.';
    expect(more.settings).toEqual([{ was: null, now: demand }]);
    const added = ['Query.place', 'Place.number', 'Group.PORTER'];
    expect(coordinatesOf(more).toSorted()).toEqual(added.toSorted());
    const place = more.rows.find((row: Row) => row.coordinate === 'Query.place');
    expect(place.was).toBeNull();
    expect(place.now.cells[more.columns.indexOf('PORTER')]).toBe('yes');

    await waitDays(1);
    const less = await changesOn(await startNode());
    expect(less).toMatchObject({ newGroups: [], removedGroups: ['PORTER'] });
    expect(less.settings).toEqual([{ was: demand, now: null }]);
    expect(less.columns.at(-1)).toBe('PORTER');
    expect(less.rows.map(({ was, now }: Row) => [now, was?.requirement])).toEqual(
      more.rows.map(({ was, now }: Row) => [was, now?.requirement]),
    );
  });

  it('has what groups imply, with what that opens, and whether nothing was refused', async () => {
    await waitDays(1);
    const implies = { AUDITOR: ['MANAGER'] };
    const found = await changesOn(await startNode({ implies }, { AUTHORIZATION: 'report' }));
    expect(found.settings).toEqual([
      { was: null, now: '**AUDITOR** implies MANAGER.' },
      { was: null, now: 'Nothing is denied: AUTHORIZATION=report.' },
    ]);
    const room = found.rows.find((row: Row) => row.coordinate === 'Mutation.createRoom');
    const auditor = found.columns.indexOf('AUDITOR');
    expect([room.was.cells[auditor], room.now.cells[auditor]]).toEqual(['no', 'yes']);
    expect(room.now.requirement).toBe(room.was.requirement);
  });

  it('is null again when the former schemas are pruned', async () => {
    const present = await startNode({ implies: { AUDITOR: ['MANAGER'] } });
    expect(await changesOn(present)).not.toBeNull();
    await waitDays(1);
    const again = await startNode({ implies: { AUDITOR: ['MANAGER'] } });
    const prune = createPruneAccessHistory(
      storeDependencies({ database: connection.owner.database }),
    );
    await prune(new Date(Date.now() - 60 * 60 * 1000), system);
    expect(await changesOn(again)).toBeNull();
  });
});
