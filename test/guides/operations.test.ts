import { expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { logIn } from '../support/log-in.ts';
import { commandsOn, prepareOperations, setUp } from '../support/operations-world.ts';
import { hasClients, postgresBinaries } from '../support/postgres-cluster.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();

it('follows each command that a test can run', () => {
  expect(commandsOn('hosts.md')).toEqual([
    'roles and database',
    'settings',
    'first keys',
    'tables',
    'first admin',
    'look',
    'settings of the nodes',
    'ready',
  ]);
});

it.skipIf(postgresBinaries === undefined || !hasClients)(
  'docs/operations/hosts.md leads from an empty server to two nodes, with its roles and no others',
  { timeout: 300_000 },
  async () => {
    const operations = await prepareOperations(gatehouse);
    const password = await setUp(operations);
    for (const place of [0, 1]) await operations.startNode(place);
    expect(await operations.type('ready')).toBe('{"status":"ready"}'.repeat(2));

    const [one, other] = operations.ports.map((port) => `http://127.0.0.1:${port}`);
    const { accessToken: token = '' } = await logIn(one ?? '', 'ada', password);
    const createRoom =
      'mutation { createRoom(input: { name: "Lab", floor: 1, groups: [] }) { id } }';
    expect(await ask(`${one}/graphql`, createRoom, { token })).toMatchObject({ status: 200 });
    const rooms = await ask(`${other}/graphql`, '{ rooms { edges { node { name } } } }', { token });
    expect(rooms.data).toEqual({ rooms: { edges: [{ node: { name: 'Lab' } }] } });

    const ofNodes = operations.environment;
    expect((await gatehouse.runHere(['doctor'], ofNodes)).stdout).not.toMatch(/^problem/m);
    const prune = ['audit', 'prune', '--before', '2026-01-01'];
    const { code, stderr } = await gatehouse.runHere(prune, ofNodes);
    expect([code, stderr]).toEqual([1, expect.stringContaining('Only the owner of the tables')]);
    expect(await operations.type('prune')).toContain('before 2026-01-01');
    const today = new Date().toISOString().slice(0, 10);
    const found = await operations.type('access at', [['2026-03-01', today]]);
    expect(found).toMatch(/^groups: ADMIN, AUDITOR, MANAGER$/m);
    expect(found).toMatch(/^allowed {2}Query\.users$/m);
    expect(await operations.type('prune the history')).toMatch(/^deleted 0 changes before /);
    const pruneHistory = await gatehouse.runHere(['access', 'prune'], ofNodes);
    expect([pruneHistory.code, pruneHistory.stderr]).toEqual([
      1,
      expect.stringContaining('Only the owner of the tables'),
    ]);
    const migrating = await gatehouse.runHere(['migrate', '--grant', 'gatehouse_node'], ofNodes);
    expect([migrating.code, migrating.stderr]).toEqual([
      1,
      expect.stringContaining('permission denied for function grant_node'),
    ]);
  },
);
