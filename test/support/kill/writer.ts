import { type Answer, ask } from '../ask.ts';
import { claimsOf } from '../claims.ts';

/** What a server has acknowledged, and what it was asked and had no time to answer. */
export interface Acknowledged {
  readonly users: string[];
  readonly rooms: string[];
  readonly sessions: AcknowledgedSession[];
  readonly memberships: AcknowledgedMembership[];
}

export interface AcknowledgedSession {
  readonly id: string;
  /** The last refresh token that a client was given. */
  refreshToken: string;
  isEnded: boolean;
  /** Whether an answer about it is missing: then either state is right, but no third one. */
  isOpenQuestion: boolean;
}

export interface AcknowledgedMembership {
  readonly userId: string;
  isHeld: boolean;
  isOpenQuestion: boolean;
}

export interface WriterOptions {
  readonly url: string;
  readonly admin: { readonly username: string; readonly password: string };
  readonly accessToken: string;
  /** A name of its own for whatever it writes. */
  readonly name: string;
  /** How the server is asked. */
  readonly askServer?: typeof ask;
}

export const createAcknowledged = (): Acknowledged => ({
  users: [],
  rooms: [],
  sessions: [],
  memberships: [],
});

/** The server answered with 503, which a busy machine causes too. It promised nothing. */
class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/**
 * Writes one thing after the other until the server no longer answers, and notes what it promised. Returns the number
 * of requests that it refused with 503.
 */
export async function writeUntilKilled(
  options: WriterOptions,
  known: Acknowledged,
): Promise<number> {
  const write = createWriter(options, known);
  let refused = 0;
  for (let n = 0; ; n += 1) {
    try {
      await write(n);
    } catch (error) {
      if (isGone(error)) return refused;
      if (!(error instanceof UnavailableError)) throw error;
      refused += 1;
    }
  }
}

/** Makes the function that writes a user, a room, a membership and a session, and notes what was promised. */
export function createWriter(
  { url, admin, accessToken, name, askServer = ask }: WriterOptions,
  known: Acknowledged,
): (n: number) => Promise<void> {
  const request = async (query: string, variables = {}, token?: string): Promise<Answer> => {
    const answer = await askServer(`${url}/graphql`, query, { variables, ...(token && { token }) });
    if (answer.status === 503) throw new UnavailableError(answer.text);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return answer;
  };
  const byAdmin = (query: string, variables = {}) => request(query, variables, accessToken);

  async function makeUser(n: number): Promise<string> {
    const input = { username: `${name}-${n}`, password: 'plum-kettle-orbit-58-fern' };
    const query = 'mutation($input: CreateUserInput!) { createUser(input: $input) { id } }';
    const { data } = await byAdmin(query, { input });
    known.users.push(data.createUser.id);
    return data.createUser.id;
  }

  async function makeRoom(n: number): Promise<void> {
    const input = { name: `${name}-${n}`, floor: 1, groups: ['STAFF'] };
    const query = 'mutation($input: RoomInput!) { createRoom(input: $input) { id } }';
    known.rooms.push((await byAdmin(query, { input })).data.createRoom.id);
  }

  async function changeMembership(userId: string): Promise<void> {
    const membership = { userId, isHeld: false, isOpenQuestion: true };
    known.memberships.push(membership);
    for (const field of ['grantGroup', 'revokeGroup', 'grantGroup']) {
      membership.isOpenQuestion = true;
      await byAdmin(`mutation { ${field}(userId: "${userId}", group: MANAGER) { id } }`);
      membership.isHeld = field === 'grantGroup';
      membership.isOpenQuestion = false;
    }
  }

  async function liveThroughSession(): Promise<void> {
    const query =
      'mutation($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken refreshToken } }';
    let tokens = (await request(query, { u: admin.username, p: admin.password })).data.login;
    const session: AcknowledgedSession = {
      id: claimsOf(tokens.accessToken).sid,
      refreshToken: tokens.refreshToken,
      isEnded: false,
      isOpenQuestion: true,
    };
    known.sessions.push(session);
    for (let n = 0; n < 3; n += 1) {
      const refresh =
        'mutation($t: String!) { refresh(refreshToken: $t) { accessToken refreshToken } }';
      tokens = (await request(refresh, { t: tokens.refreshToken })).data.refresh;
      session.refreshToken = tokens.refreshToken;
    }
    await request('mutation { logout }', {}, tokens.accessToken);
    session.isEnded = true;
    session.isOpenQuestion = false;
  }

  return async (n) => {
    const userId = await makeUser(n);
    await makeRoom(n);
    await changeMembership(userId);
    await liveThroughSession();
  };
}

/** Node's `fetch` fails with a TypeError where the connection is refused or cut, in whatever stage. */
export const isGone = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof SyntaxError;
