import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { apolloFunctions, createApolloClient } from '../../examples/clients/apollo-client.ts';
import { createCookieSession } from '../../examples/clients/cookie-session.ts';
import { socketFunctions } from '../../examples/clients/graphql-ws.ts';
import { createSession, RefusedError, type Session } from '../../examples/clients/session.ts';
import { createSocket, type Socket } from '../../examples/clients/socket.ts';
import { createUrqlClient, urqlFunctions } from '../../examples/clients/urql.ts';
import { type GraphQLFunctions, watchEntries } from '../../examples/clients/watch-entries.ts';
import { eventually } from '../support/eventually.ts';
import { sampleOf } from '../support/sample.ts';
import {
  adminPassword,
  startTestServer,
  type TestServer,
  userPassword,
} from '../support/test-server.ts';

type CreateFunctions = (url: string, session: Session, socket: Socket) => GraphQLFunctions;

const clients: readonly (readonly [string, CreateFunctions])[] = [
  ['Apollo Client 4', (...parts) => apolloFunctions(createApolloClient(...parts))],
  ['urql', (...parts) => urqlFunctions(createUrqlClient(...parts))],
  ['graphql-ws', (_url, _session, socket) => socketFunctions(socket)],
];

/** The server's clock: it stands still, except for what a test adds. */
let aheadMs = 0;
const startedAt = Date.now();
const tokenLifeMs = 601_000;
let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await startTestServer({ now: () => new Date(startedAt + aheadMs) });
  url = `${server.url}/graphql`;
});
afterAll(() => server.stop());

/** A room into which a user goes again and again, until `stop`, which returns the ids of all entries. */
async function aBusyRoom() {
  const { id: userId } = await server.aUser('STAFF');
  const room = await server.rooms.room.create({ data: { name: 'Lab', floor: 1, groups: [] } });
  const ids: string[] = [];
  let isOpen = true;
  const writing = (async () => {
    while (isOpen) {
      const { id } = await server.rooms.roomEntry.create({ data: { roomId: room.id, userId } });
      ids.push(id);
      await setImmediate(); // the embedded database would leave no turn to the server
    }
  })();
  const stop = async () => {
    isOpen = false;
    await writing;
    return ids;
  };
  onTestFinished(async () => void (await stop()));
  return { roomId: room.id, stop };
}

/** Watches a room, and keeps what arrives and how sockets close. */
function watch(roomId: string, socket: Socket, functions: GraphQLFunctions) {
  const ids: string[] = [];
  const closes: unknown[] = [];
  const refusals: unknown[] = [];
  let connects = 0;
  socket.on('connected', () => {
    connects += 1;
  });
  socket.on('closed', (event) => {
    const { code, reason } = Object(event);
    closes.push(`${code} ${reason}`);
  });
  const stop = watchEntries({
    ...functions,
    socket,
    roomId,
    since: new Date(0),
    onEntry: ({ id }) => ids.push(id),
    onRefused: (error) => refusals.push(error),
  });
  onTestFinished(async () => {
    stop();
    await socket.dispose();
  });
  return {
    closes,
    refusals,
    connects: () => connects,
    /** Checks that each of these entries arrives once. */
    async hasOnce(entries: readonly string[]): Promise<void> {
      await eventually(() => {
        expect(refusals).toEqual([]);
        expect(ids.length).toBeGreaterThanOrEqual(entries.length);
      });
      expect(ids.toSorted()).toEqual(entries.toSorted());
    },
    /** Waits until entries arrive that were made from now on. */
    async goesOn(): Promise<void> {
      const { length } = ids;
      await eventually(() => expect(ids.length).toBeGreaterThan(length + 10));
    },
  };
}

async function aManager() {
  const { id, username, accessToken } = await server.aUser('MANAGER');
  const session = createSession(url);
  await session.logIn(username, userPassword);
  return { id, accessToken, session };
}

describe.each(sampleOf(clients))('%s', (_name, createFunctions) => {
  const watchAs = (session: Session, roomId: string, webSocketImpl: unknown = WebSocket) => {
    const socket = createSocket({ url, session, webSocketImpl });
    return { socket, watched: watch(roomId, socket, createFunctions(url, session, socket)) };
  };

  it('sees each entry once across three lives of a token', async () => {
    const { session } = await aManager();
    const room = await aBusyRoom();
    const { watched } = watchAs(session, room.roomId);
    for (const life of [1, 2, 3]) {
      await eventually(() => expect(watched.connects()).toBe(life));
      await watched.goesOn();
      aheadMs += tokenLifeMs;
      await eventually(() => expect(watched.closes).toHaveLength(life));
    }
    await watched.goesOn();
    await watched.hasOnce(await room.stop());
    expect(watched.closes).toEqual(Array(3).fill('4403 TOKEN_EXPIRED'));
  });

  it('sees each entry once although its connection breaks', async () => {
    const { session } = await aManager();
    const room = await aBusyRoom();
    const { socket, watched } = watchAs(session, room.roomId);
    await watched.goesOn();
    socket.terminate();
    await eventually(() => expect(watched.connects()).toBe(2));
    await watched.goesOn();
    await watched.hasOnce(await room.stop());
  });

  it('stops when its group is revoked, and says why', async () => {
    const { id, session } = await aManager();
    const room = await aBusyRoom();
    const { watched } = watchAs(session, room.roomId);
    await watched.goesOn();
    const revoke = `mutation { revokeGroup(userId: "${id}", group: MANAGER) { id } }`;
    const admin = await server.logIn('admin', adminPassword);
    await server.ask(revoke, { token: admin.accessToken });
    await eventually(() => expect(watched.refusals).toHaveLength(1));
    expect(watched.closes[0]).toBe('4403 GROUP_REQUIRED');
    expect(watched.refusals[0]).toBeInstanceOf(RefusedError);
    expect(watched.refusals[0]).toMatchObject({ code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' });
  });

  it('stops when its session ends', async () => {
    const { session } = await aManager();
    const room = await aBusyRoom();
    const { watched } = watchAs(session, room.roomId);
    await watched.goesOn();
    const authorization = session.headers().authorization ?? '';
    await server.ask('mutation { logout }', { headers: { authorization } });
    await eventually(() => expect(watched.refusals).toHaveLength(1));
    expect(watched.closes[0]).toBe('4401 TOKEN_REVOKED');
    expect(watched.refusals[0]).toMatchObject({ message: 'The session has ended.' });
  });

  it('needs no token with a session by cookie', async () => {
    const browser = aBrowser();
    const { username } = await server.aUser('MANAGER');
    const session = createCookieSession(url);
    await session.logIn(username, userPassword);
    const room = await aBusyRoom();
    const { socket, watched } = watchAs(session, room.roomId, browser.webSocket);
    await watched.goesOn();
    aheadMs += tokenLifeMs;
    await watched.goesOn();
    socket.terminate();
    await eventually(() => expect(watched.connects()).toBe(2));
    await watched.goesOn();
    await watched.hasOnce(await room.stop());
    expect(watched.closes).toEqual(['4499 Terminated']);
  });
});

it('sees each entry once although the server reports lost events', async () => {
  const { session } = await aManager();
  const room = await aBusyRoom();
  const socket = createSocket({ url, session, webSocketImpl: WebSocket });
  const functions = socketFunctions(socket);
  const ends: (() => void)[] = [];
  const watched = watch(room.roomId, socket, {
    ...functions,
    subscribe(query, variables, sink) {
      const unsubscribe = functions.subscribe(query, variables, sink);
      ends.push(() => {
        unsubscribe();
        sink.error(new RefusedError([{ message: '', extensions: { code: 'EVENTS_LOST' } }]));
      });
      return unsubscribe;
    },
  });
  await watched.goesOn();
  ends[0]?.();
  await eventually(() => expect(ends).toHaveLength(2));
  await watched.goesOn();
  await watched.hasOnce(await room.stop());
});

it('confirms subscriptions, and reads nothing again because of a query', async () => {
  const { session } = await aManager();
  const socket = createSocket({ url, session, webSocketImpl: WebSocket });
  onTestFinished(() => void socket.dispose());
  let opens = 0;
  socket.onOpen(() => {
    opens += 1;
  });
  const { query, subscribe } = socketFunctions(socket);
  const stop = subscribe('subscription { roomEntered { id } }', {}, { next() {}, error() {} });
  await eventually(() => expect(opens).toBe(2)); // by the connection, and by the subscription
  for (let count = 0; count < 20; count += 1) await query('{ me { id } }', {});
  expect(opens).toBe(2);
  stop();
});

/** Keeps the cookie, and sends it with the origin of the server's own page, as a browser does. */
function aBrowser() {
  let cookie = '';
  const headers = () => ({ cookie, origin: server.url, 'sec-fetch-site': 'same-origin' });
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init: RequestInit = {}) => {
    const sent = new Headers(init.headers);
    for (const [name, value] of Object.entries(headers())) sent.set(name, value);
    const response = await fetch(input, { ...init, headers: sent });
    const [set] = response.headers.getSetCookie();
    cookie = set?.split(';')[0] ?? cookie;
    return response;
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  class BrowserWebSocket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers: headers() });
    }
  }
  return { webSocket: BrowserWebSocket };
}
