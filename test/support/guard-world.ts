import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { claimsOf } from './claims.ts';
import type { GuardRow } from './guard-rows.ts';
import type { Answer, TestServer, TestUser } from './test-server.ts';
import { userPassword } from './test-server.ts';
import { openTestSocket } from './test-socket.ts';

const groups = ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'] as const;

/**
 * A viewer in just the group of that name; `groupless` is in none; `client` is an API client in none;
 * `leaver` is in none and logs in again for each request, which may end the session; `stale` is in ADMIN, and its
 * session has proved nothing.
 */
export type GuardViewer =
  | (typeof groups)[number]
  | 'anonymous'
  | 'groupless'
  | 'client'
  | 'leaver'
  | 'stale';

interface Known {
  /** Absent: no token. */
  readonly token?: string;
  readonly id?: string;
}

type Variables = Readonly<Record<string, unknown>>;

/** Runs rows against a server. */
export interface GuardWorld {
  /** What is not as the row says; empty: all of it is. */
  check(row: GuardRow): Promise<readonly string[]>;
  /** Asks what a row's mutation asks right after `first`, in one request of a new user whom it admits. */
  askAfter(first: (user: TestUser) => string, row: GuardRow): Promise<Answer>;
}

/** Brings one viewer of each kind into a server. */
export async function createGuardWorld(server: TestServer): Promise<GuardWorld> {
  const viewers = new Map<GuardViewer, Known>([['anonymous', {}]]);
  for (const group of groups) viewers.set(group, known(await server.aUser(group)));
  viewers.set('groupless', known(await server.aUser()));
  const stale = await server.aUser('ADMIN');
  await server.connection.database.session.updateMany({
    where: { userId: stale.id },
    data: { proved: {} },
  });
  viewers.set('stale', known(stale));
  const { client, secret } = await createClient(server);
  viewers.set('client', { token: secret, id: client.id });

  const knownAs = (viewer: GuardViewer): Known => {
    const found = viewers.get(viewer);
    if (found === undefined) throw new Error(`There is no viewer ${viewer}.`);
    return found;
  };
  const managerToken = knownAs('MANAGER').token;

  /** A new login for each request, so that none depends on what another did. */
  async function variablesFor(asking: string, { id, token }: Known): Promise<Variables> {
    const variables: Record<string, unknown> = {
      self: id,
      name: `name-${randomUUID().slice(0, 8)}`,
      password: userPassword,
    };
    if (asking.includes('$other')) variables.other = (await server.aUser('STAFF')).id;
    if (asking.includes('$session')) {
      variables.session = claimsOf((await server.aUser('STAFF')).accessToken).sid;
    }
    if (asking.includes('$ownSession') && token !== undefined) {
      variables.ownSession = claimsOf(token).sid;
    }
    if (asking.includes('$client')) variables.client = (await createClient(server)).client.id;
    if (asking.includes('$room')) variables.room = await createRoom(server, managerToken);
    return variables;
  }

  async function ask(asking: string, by: GuardViewer): Promise<Answer> {
    const viewer = by === 'leaver' ? known(await server.aUser()) : knownAs(by);
    const variables = await variablesFor(asking, viewer);
    const { token } = viewer;
    return server.ask(asking, { variables, ...(token === undefined ? {} : { token }) });
  }

  async function checkAdmitted(asking: string, by: GuardViewer): Promise<string[]> {
    if (asking.startsWith('subscription')) {
      const refusal = await refusalOfSubscription(server, asking, knownAs(by).token);
      return refusal === undefined ? [] : [`${by} is not admitted: ${refusal}`];
    }
    const { status, errors } = await ask(asking, by);
    return status === 200 && errors.length === 0 ? [] : [`${by} is not admitted: ${status}`];
  }

  /** Whether the viewer gets an empty list, and a manager of whom nothing is hidden does not. */
  async function checkNarrowed({ asking, by }: NonNullable<GuardRow['narrowed']>) {
    await enterRoom(server, { room: await createRoom(server, managerToken), by: knownAs('STAFF') });
    const [narrowed, whole] = [await ask(asking, by), await ask(asking, 'MANAGER')];
    return [
      ...(/"edges":\[\]/.test(narrowed.text) ? [] : [`${by} gets rows of others`]),
      ...(/"edges":\[\{/.test(whole.text) ? [] : ['MANAGER gets no rows']),
    ];
  }

  return {
    async check({ guard, asking, refused, naming = [guard.replace(/ #\d+$/, '')], ...row }) {
      const found = [describe(await ask(asking, refused))];
      const isUnproved = refused === 'anonymous' || refused === 'stale';
      const expected = `${isUnproved ? 401 : 403} without data at ${naming.join(', ')}`;
      const problems = found
        .filter((each) => each !== expected)
        .map((each) => `${refused} is to get ${expected}, and gets ${each}`);
      for (const by of row.admitted) problems.push(...(await checkAdmitted(asking, by)));
      if (row.narrowed !== undefined) problems.push(...(await checkNarrowed(row.narrowed)));
      for (const by of row.own?.admitted ?? []) {
        problems.push(...(await checkAdmitted(row.own?.asking ?? '', by)));
      }
      return problems;
    },
    async askAfter(first, { asking, admitted: [by = 'groupless'] }) {
      const user = await server.aUser(...groups.filter((group) => group === by));
      const variables = await variablesFor(asking, known(user));
      const both = asking.replace('{', `{ first: ${first(user)} `);
      return server.ask(both, { token: user.accessToken, variables });
    },
  };
}

/** The refusal of a subscriber; undefined once the subscription runs. */
async function refusalOfSubscription(
  { url, events }: TestServer,
  asking: string,
  token: string | undefined,
): Promise<string | undefined> {
  const socket = openTestSocket(url, token === undefined ? {} : { token });
  const count = () => events.subscriberCount();
  const before = count();
  let refusal: string | undefined;
  const { ended } = socket.subscribe(asking);
  ended.then((errors) => {
    refusal = JSON.stringify(errors);
  });
  await expect.poll(() => count() > before || refusal !== undefined, { interval: 5 }).toBe(true);
  const found = refusal;
  await socket.close();
  await expect.poll(count, { interval: 5 }).toBe(before);
  return found;
}

function describe({ status, data, errors }: Answer): string {
  const coordinates = new Set(errors.map(({ extensions }) => extensions?.coordinate));
  const hasData = data !== null && data !== undefined;
  return `${status} ${hasData ? 'with' : 'without'} data at ${[...coordinates].join(', ')}`;
}

const known = ({ accessToken: token, id }: { accessToken: string; id: string }): Known => ({
  token,
  id,
});

/** An API client in no group, made by the ADMIN. */
async function createClient(
  server: TestServer,
): Promise<{ readonly client: { readonly id: string }; readonly secret: string }> {
  const mutation = 'mutation { createApiClient(name: "c", groups: []) { secret client { id } } }';
  const answer = await server.ask(mutation, { token: server.admin.accessToken });
  if (answer.status !== 200) throw new Error(`createApiClient: ${answer.status} ${answer.text}`);
  return answer.data.createApiClient;
}

/** A room that admits STAFF alone. */
async function createRoom(server: TestServer, token: string | undefined): Promise<string> {
  const input = '{ name: "Room", floor: 1, groups: [STAFF], accessCode: "2417" }';
  const answer = await server.ask(`mutation { createRoom(input: ${input}) { id } }`, {
    ...(token === undefined ? {} : { token }),
  });
  if (answer.status !== 200) throw new Error(`createRoom: ${answer.status} ${answer.text}`);
  return answer.data.createRoom.id;
}

async function enterRoom(
  server: TestServer,
  { room, by: { token } }: { readonly room: string; readonly by: Known },
): Promise<void> {
  const answer = await server.ask('mutation ($id: ID!) { enterRoom(id: $id) { id } }', {
    variables: { id: room },
    ...(token === undefined ? {} : { token }),
  });
  if (answer.status !== 200) throw new Error(`enterRoom: ${answer.status} ${answer.text}`);
}
