import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations } from '@graphql-gatehouse/operations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExplainChoice, runExplain } from '../../src/cli/commands/explain.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { projectWith } from '../support/package-server.ts';
import { roomsProject } from '../support/rooms-project.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-explain-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function run(operation: string, choice: ExplainChoice): Promise<readonly string[]> {
  const lines: string[] = [];
  const file = await write('operation.graphql', operation);
  await runExplain(
    { print: (line) => lines.push(line), project: async () => roomsProject },
    file,
    choice,
  );
  return lines;
}

const verdict = async (operation: string, choice: ExplainChoice) =>
  (await run(operation, choice)).at(-1);

const users = 'query Users($all: Boolean) { users(includeDisabled: $all) { edges { cursor } } }';

describe('explain', () => {
  it.each<{ choice: ExplainChoice; ends: string }>([
    { choice: { anonymous: true }, ends: 'the whole operation would be denied with 401: log in.' },
    { choice: { groups: '' }, ends: 'the whole operation would be denied with 403.' },
    { choice: { groups: 'STAFF, AUDITOR' }, ends: 'the operation would run.' },
  ])('explains the outcome of the operation for $choice', async ({ choice, ends }) => {
    expect(await verdict(users, choice)).toBe(`Verdict: ${ends}`);
  });

  it('takes variables from a file', async () => {
    const variables = await write('variables.json', '{ "all": true }');
    expect(await run(users, { groups: 'AUDITOR', variables })).toContainEqual(
      expect.stringMatching(
        /Query\.users\(includeDisabled:\).*denied by @auth\(requires: \[ADMIN\]\)/,
      ),
    );
  });

  it('takes one of several operations', async () => {
    const several = `${users} query Info { serverInfo { name } }`;
    const choice = { anonymous: true, operationName: 'Info' } as const;
    expect(await verdict(several, choice)).toBe('Verdict: the operation would run.');
  });

  it.each<{ title: string; operation: string; choice: ExplainChoice; problem: RegExp }>([
    { title: 'no viewer', operation: users, choice: {}, problem: /--groups A,B/ },
    {
      title: 'two viewers',
      operation: users,
      choice: { groups: 'ADMIN', anonymous: true },
      problem: /--groups A,B/,
    },
    {
      title: 'an unknown group',
      operation: users,
      choice: { groups: 'ADMINS' },
      problem: /Unknown group "ADMINS"/,
    },
    { title: 'a syntax error', operation: '{', choice: { groups: '' }, problem: /Syntax Error/ },
    {
      title: 'a field that is not there',
      operation: '{ lost }',
      choice: { groups: '' },
      problem: /Cannot query field "lost"/,
    },
  ])('refuses $title', async ({ operation, choice, problem }) => {
    await expect(run(operation, choice)).rejects.toThrow(problem);
  });

  it.each([
    { text: '{ "all": ', problem: /is not JSON/ },
    { text: '[1]', problem: /does not contain a JSON object/ },
    { text: 'null', problem: /does not contain a JSON object/ },
    { text: '1', problem: /does not contain a JSON object/ },
  ])('refuses the variables $text', async ({ text, problem }) => {
    const variables = await write('bad.json', text);
    await expect(run(users, { groups: '', variables })).rejects.toThrow(problem);
  });
});

const ways = (choice: ExplainChoice) => lines(undefined, choice, roomsProject);

async function lines(
  file: string | undefined,
  choice: ExplainChoice,
  project: typeof roomsProject,
): Promise<readonly string[]> {
  const printed: string[] = [];
  const context = { print: (line: string) => printed.push(line), project: async () => project };
  await runExplain(context, file, choice);
  return printed;
}

describe('explain --coordinate', () => {
  it('lists the ways from root fields, the shortest first, with guards, places, ids and who passes', async () => {
    const printed = await ways({ coordinate: 'Room.accessCode' });
    expect(printed.slice(0, 7)).toEqual([
      'Query.room > Room.accessCode',
      '  Query.room has @auth',
      expect.stringMatching(/^ {2}see .*room\.graphql:\d+$/),
      '  Room.accessCode has @auth(requires: [MANAGER], or: [ROOM_MEMBER])',
      expect.stringMatching(/^ {2}see .*room\.graphql:\d+$/),
      '  anonymous: refused: Query.room',
      '  authenticated, API client, ADMIN, AUDITOR, STAFF: allowed, depends: policy',
    ]);
    expect(printed).toContain('  Mutation.updateRoom(id:) names a row of Room');
    expect(printed).toContain(
      'Query.rooms > RoomConnection.edges > RoomEdge.node > Room.accessCode',
    );
    expect(printed.join('\n')).not.toContain('more ways');
  });

  it('says that there are more ways than it shows', async () => {
    const printed = await ways({ coordinate: 'Room.accessCode', ways: 1 });
    expect(printed.filter((line) => line.includes(' > '))).toHaveLength(1);
    expect(printed).toContain('There are more ways: see --ways.');
  });

  it.each([
    { coordinate: 'Query.users(search:)', way: 'Query.users > Query.users(search:)' },
    {
      coordinate: 'UpdateUserInput.email',
      way: 'Mutation.updateUser > Mutation.updateUser(input:) > UpdateUserInput.email',
    },
    {
      coordinate: 'Group.MANAGER',
      way: 'Mutation.grantGroup > Mutation.grantGroup(group:) > Group.MANAGER',
    },
    { coordinate: 'Room', way: 'Query.room' },
  ])('explains $coordinate', async ({ coordinate, way }) => {
    expect(await ways({ coordinate })).toContain(way);
  });

  it('names the operations of the project that use the coordinate', async () => {
    await write(
      'rooms.graphql',
      'query Codes { room(id: "1") { accessCode } } query Names { rooms { edges { cursor } } } query Lost { lost }',
    );
    const project = projectWith([operations({ files: [join(folder, 'rooms.graphql')] })]);
    const printed = await lines(undefined, { coordinate: 'Room.accessCode' }, project);
    expect(printed.slice(-2)).toEqual([
      'Used by the operations:',
      expect.stringMatching(/rooms\.graphql: Codes$/),
    ]);
    const ofGroup = await lines(undefined, { group: 'MANAGER' }, project);
    expect(ofGroup.slice(-4)).toEqual([
      'Operations:',
      expect.stringMatching(/rooms\.graphql: Codes: allowed$/),
      expect.stringMatching(/rooms\.graphql: Names: allowed$/),
      expect.stringMatching(/rooms\.graphql:1: Lost: Cannot query field "lost"/),
    ]);
  });

  it('prints the operation of each way as JSON', async () => {
    const [text = ''] = await ways({ coordinate: 'Room.accessCode', ways: 1, json: true });
    expect(JSON.parse(text)).toMatchObject({
      coordinate: 'Room.accessCode',
      hasMore: true,
      ways: [{ operation: 'query Way($id: ID!) { room(id: $id) { accessCode } }' }],
    });
  });

  it.each(['Room.lost', 'Lost', 'Group.LOST', '__Type.name'])(
    'refuses %s, which the schema does not have',
    async (coordinate) => {
      await expect(ways({ coordinate })).rejects.toThrow(`The schema has no ${coordinate}.`);
    },
  );
});

describe('explain --group', () => {
  it('lists what the group reaches that a user in no group does not, with a way to it', async () => {
    const printed = await ways({ group: 'MANAGER' });
    expect(printed[0]).toMatch(/^MANAGER reaches \d+ fields and guarded inputs\./);
    expect(printed).toContain('Mutation.createRoom: allowed, maxAge 900');
    const at = printed.indexOf('Room.accessCode: allowed');
    expect(printed[at + 1]).toBe('  by Query.room > Room.accessCode');
    expect(printed.join('\n')).not.toContain('Query.me:');
  });

  it('refuses an unknown group', async () => {
    await expect(ways({ group: 'BOSS' })).rejects.toThrow('The schema has no group BOSS.');
  });
});

it.each<{ title: string; choice: ExplainChoice; file?: string }>([
  { title: 'nothing', choice: {} },
  { title: 'a coordinate and a group', choice: { coordinate: 'Room', group: 'STAFF' } },
  { title: 'a coordinate and an operation', choice: { coordinate: 'Room' }, file: 'a.graphql' },
  { title: 'a coordinate for some groups', choice: { coordinate: 'Room', groups: 'STAFF' } },
  { title: 'an operation as JSON', choice: { groups: 'STAFF', json: true }, file: 'a.graphql' },
])('refuses to explain $title', async ({ choice, file }) => {
  await expect(lines(file, choice, roomsProject)).rejects.toThrow(UsageError);
});
