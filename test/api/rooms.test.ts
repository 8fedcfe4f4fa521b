import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

const missing = '00000000-0000-7000-8000-000000000000';

let server: TestServer;
let manager: TestUser;
let staff: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  manager = await server.aUser('MANAGER');
  staff = await server.aUser('STAFF');
});
afterAll(() => server.stop());

type Variables = Readonly<Record<string, unknown>>;
const as = (viewer: TestUser, query: string, variables: Variables = {}) =>
  server.ask(query, { token: viewer.accessToken, variables });

const fields = 'id name floor groups admitsViewer accessCode';
const base = { name: 'Archive', floor: -1, groups: ['STAFF'] };
const createRoom = (input: Variables = {}) =>
  as(manager, `mutation ($input: RoomInput!) { createRoom(input: $input) { ${fields} } }`, {
    input: { ...base, ...input },
  });
const updateRoom = (id: string, input: Variables = {}) =>
  as(
    manager,
    `mutation ($id: ID!, $input: RoomInput!) { updateRoom(id: $id, input: $input) { ${fields} } }`,
    { id, input: { ...base, ...input } },
  );
const aRoom = async (input: Variables = {}): Promise<string> =>
  (await createRoom(input)).data.createRoom.id;
const enter = (
  viewer: TestUser,
  id: string,
  selection = 'id room { id name } user { id } enteredAt',
) => as(viewer, `mutation ($id: ID!) { enterRoom(id: $id) { ${selection} } }`, { id });

describe('a room', () => {
  it('is what its manager says', async () => {
    const { data } = await createRoom({ name: ' Vault ', groups: ['STAFF', 'ADMIN', 'STAFF'] });
    expect(data.createRoom).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Vault',
      floor: -1,
      groups: ['ADMIN', 'STAFF'],
      admitsViewer: false,
      accessCode: null,
    });
    const seen = await as(staff, 'query ($id: ID!) { room(id: $id) { name admitsViewer } }', {
      id: data.createRoom.id,
    });
    expect(seen.data.room).toEqual({ name: 'Vault', admitsViewer: true });
  });

  it('keeps its access code when none is given, and loses it to null', async () => {
    const id = await aRoom({ accessCode: '2417' });
    const moved = await updateRoom(id, { floor: 7 });
    expect(moved.data.updateRoom).toMatchObject({ floor: 7, accessCode: '2417' });
    const changed = await updateRoom(id, { accessCode: '9034' });
    expect(changed.data.updateRoom.accessCode).toBe('9034');
    const removed = await updateRoom(id, { accessCode: null });
    expect(removed.data.updateRoom.accessCode).toBeNull();
  });

  it.each([
    { argument: 'input.name', input: { name: '' } },
    { argument: 'input.name', input: { name: ' \u00a0 ' } },
    { argument: 'input.name', input: { name: 'n'.repeat(201) } },
    { argument: 'input.name', input: { name: 'nul\0' } },
    { argument: 'input.name', input: { name: '\udc00' } },
    { argument: 'input.floor', input: { floor: 1001 } },
    { argument: 'input.floor', input: { floor: -101 } },
    { argument: 'input.accessCode', input: { accessCode: '' } },
    { argument: 'input.accessCode', input: { accessCode: 'c'.repeat(65) } },
  ])('is refused with $argument for $input', async ({ argument, input }) => {
    const id = await aRoom();
    for (const { status, errors } of [await createRoom(input), await updateRoom(id, input)]) {
      expect(status).toBe(400);
      expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument });
    }
  });

  it('that is not there is null to read and NOT_FOUND to change or enter', async () => {
    for (const id of [missing, '1', '', '\0']) {
      const read = await as(staff, 'query ($id: ID!) { room(id: $id) { id } }', { id });
      expect({ status: read.status, data: read.data }).toEqual({
        status: 200,
        data: { room: null },
      });
      const remove = await as(manager, 'mutation ($id: ID!) { deleteRoom(id: $id) }', { id });
      for (const answer of [await updateRoom(id), remove, await enter(staff, id)]) {
        expect(answer.status).toBe(404);
        expect(answer.body).not.toHaveProperty('data');
        expect(answer.errors[0].extensions).toMatchObject({ code: 'NOT_FOUND', argument: 'id' });
      }
    }
  });

  it('goes with its entries', async () => {
    const id = await aRoom();
    await enter(staff, id);
    const entries = { where: { roomId: id } };
    expect(await server.rooms.roomEntry.count(entries)).toBe(1);
    const { data } = await as(manager, 'mutation ($id: ID!) { deleteRoom(id: $id) }', {
      id: id.toUpperCase(),
    });
    expect(data.deleteRoom).toBe(id); // as it is kept, whatever way it was written
    expect(await server.rooms.roomEntry.count(entries)).toBe(0);
    expect((await as(staff, `{ room(id: "${id}") { id } }`)).data.room).toBeNull();
  });
});

describe('entering a room', () => {
  it('is for whom the room admits, and is kept', async () => {
    const id = await aRoom({ groups: ['STAFF'] });
    const { status, data } = await enter(staff, id);
    expect(status).toBe(200);
    expect(data.enterRoom).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      room: { id, name: 'Archive' },
      user: { id: staff.id },
      enteredAt: expect.stringMatching(/Z$/),
    });
  });

  it.each([{ groups: [] }, { groups: ['ADMIN', 'AUDITOR'] }])(
    'is refused for a room of $groups, managers included',
    async ({ groups }) => {
      const id = await aRoom({ groups });
      for (const viewer of [staff, manager]) {
        const { status, reason, body } = await enter(viewer, id);
        expect({ status, reason }).toEqual({ status: 403, reason: 'POLICY_DENIED' });
        expect(body).not.toHaveProperty('data');
      }
      const where = { roomId: id };
      expect(await server.rooms.roomEntry.count({ where })).toBe(0);
    },
  );

  it('is refused as a whole when its answer asks for who else was there', async () => {
    const id = await aRoom();
    const { status, errors } = await enter(staff, id, 'room { entries { edges { cursor } } }');
    expect(status).toBe(403);
    expect(errors[0].extensions.coordinate).toBe('Room.entries');
    expect(await server.rooms.roomEntry.count({ where: { roomId: id } })).toBe(0);
  });

  it('returns the room as the same mutation left it', async () => {
    const id = await aRoom({ groups: ['MANAGER'] });
    const query = `mutation ($id: ID!) {
      before: enterRoom(id: $id) { room { name } }
      updateRoom(id: $id, input: { name: "Renamed", floor: 0, groups: [MANAGER] }) { name }
      after: enterRoom(id: $id) { room { name } }
    }`;
    const { data } = await as(manager, query, { id });
    expect(data).toEqual({
      before: { room: { name: 'Archive' } },
      updateRoom: { name: 'Renamed' },
      after: { room: { name: 'Renamed' } },
    });
  });
});

describe('pages of rooms and entries', () => {
  it('show the rooms oldest first, and each one its latest entries first', async () => {
    const { accessToken: token } = await server.aUser('AUDITOR');
    const ids = [await aRoom({ name: 'first' }), await aRoom({ name: 'second' })] as const;
    const entered: Record<string, string[]> = { [ids[0]]: [], [ids[1]]: [] };
    for (const id of [ids[0], ids[1], ids[0], ids[0]]) {
      const { data } = await enter(staff, id);
      entered[id]?.unshift(data.enterRoom.id);
    }
    const page = `edges { cursor node { id user { username } room { id } } }
      pageInfo { hasNextPage endCursor }`;
    const query = `query ($first: Int, $after: String) { rooms(first: 100) { edges { node {
      id name latest: entries(first: 1) { edges { node { id } } }
      entries(first: $first, after: $after) { ${page} } } } } }`;

    const { data } = await server.ask(query, { token, variables: { first: 2 } });
    const nodes: { id: string; entries: { edges: { node: { id: string } }[] } }[] =
      data.rooms.edges.map(({ node }: { node: unknown }) => node);
    const [first, second] = nodes.slice(-2);
    expect([first?.id, second?.id]).toEqual(ids);
    expect(first).toMatchObject({
      latest: { edges: [{ node: { id: entered[ids[0]]?.[0] } }] },
      entries: { pageInfo: { hasNextPage: true } },
    });
    const seen = (room: typeof first) => room?.entries.edges.map(({ node }) => node.id);
    expect(seen(first)).toEqual(entered[ids[0]]?.slice(0, 2));
    expect(seen(second)).toEqual(entered[ids[1]]);
    expect(second?.entries.edges[0]?.node).toMatchObject({
      user: { username: staff.username },
      room: { id: ids[1] },
    });

    const after = data.rooms.edges.at(-2).node.entries.pageInfo.endCursor;
    const rest = await server.ask(
      `query ($id: ID!, $after: String) { room(id: $id) { entries(after: $after) { ${page} } } }`,
      { token, variables: { id: ids[0], after } },
    );
    const { edges, pageInfo } = rest.data.room.entries;
    expect(edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(
      entered[ids[0]]?.slice(2),
    );
    expect(pageInfo.hasNextPage).toBe(false);
  });

  it('show a manager all entries, and every other viewer its own', async () => {
    const id = await aRoom();
    const [kim, sam] = [await server.aUser('STAFF'), await server.aUser('STAFF')];
    const made: string[] = [];
    for (const viewer of [kim, sam, kim, kim]) {
      made.unshift((await enter(viewer, id)).data.enterRoom.id);
    }
    const own = made.filter((_, index) => index !== 2);
    const read = async (viewer: TestUser, args: string) => {
      const selection = 'edges { cursor node { id } } pageInfo { hasNextPage endCursor }';
      const { data } = await as(viewer, `{ roomEntries(${args}) { ${selection} } }`);
      const { edges, pageInfo } = data.roomEntries;
      return { ids: edges.map(({ node }: { node: { id: string } }) => node.id), ...pageInfo };
    };
    expect((await read(manager, 'first: 4')).ids).toEqual(made);
    expect(await read(kim, 'first: 100')).toMatchObject({ ids: own, hasNextPage: false });
    const first = await read(kim, 'first: 2');
    expect(first).toMatchObject({ ids: own.slice(0, 2), hasNextPage: true });
    expect(await read(kim, `first: 2, after: "${first.endCursor}"`)).toMatchObject({
      ids: own.slice(2),
      hasNextPage: false,
    });
  });

  it.each(['rooms(first: 0) { edges { cursor } }', 'rooms(after: "x") { edges { cursor } }'])(
    'refuse %s',
    async (selection) => {
      const { status, code } = await as(staff, `{ ${selection} }`);
      expect({ status, code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
    },
  );
});
