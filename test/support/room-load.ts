import { type Answer, ask } from './ask.ts';

export interface RoomLoadOptions {
  readonly url: string;
  /** Someone in the group MANAGER. */
  readonly username: string;
  readonly password: string;
}

/** What clients received while they made rooms. */
export interface RoomLoad {
  /** The ids of the rooms that were acknowledged. */
  readonly rooms: readonly string[];
  readonly refreshes: number;
  /** Every answer but 200, and every request without one, by how often it came. */
  readonly failures: Readonly<Record<string, number>>;
}

const clients = 4;
/** Long before the token ends, and often enough to meet with a node that stops. */
const refreshEveryMs = 1_000;

const credentials = 'accessToken refreshToken';
const login = `mutation ($username: String!, $password: String!) {
  tokens: login(username: $username, password: $password) { ${credentials} } }`;
const refresh = `mutation ($token: String!) { tokens: refresh(refreshToken: $token) { ${credentials} } }`;
const createRoom =
  'mutation ($name: String!) { createRoom(input: { name: $name, floor: 1, groups: [STAFF] }) { id } }';

/** Lets clients make rooms and refresh their tokens without a pause, until it is stopped. */
export async function startRoomLoad({ url, username, password }: RoomLoadOptions) {
  const rooms: string[] = [];
  const failures: Record<string, number> = {};
  const load = { rooms, refreshes: 0, failures };
  let isOver = false;
  const request = async (query: string, variables: object, token?: string): Promise<Answer> => {
    const options = { variables: { ...variables }, ...(token === undefined ? {} : { token }) };
    const answer = await ask(`${url}/graphql`, query, options);
    if (answer.status !== 200)
      throw new Error(`${answer.status} ${answer.code} ${answer.errors[0]?.message}`);
    return answer;
  };
  const client = async (name: string) => {
    let { tokens } = (await request(login, { username, password })).data;
    let refreshAtMs = Date.now() + refreshEveryMs;
    for (let n = 1; !isOver; n += 1) {
      try {
        if (Date.now() >= refreshAtMs) {
          ({ tokens } = (await request(refresh, { token: tokens.refreshToken })).data);
          load.refreshes += 1;
          refreshAtMs = Date.now() + refreshEveryMs;
        }
        const { data } = await request(createRoom, { name: `${name} ${n}` }, tokens.accessToken);
        rooms.push(data.createRoom.id);
      } catch (error) {
        const what = describe(error);
        failures[what] = (failures[what] ?? 0) + 1;
      }
    }
  };
  const run = crypto.randomUUID().slice(0, 8);
  const running = Array.from({ length: clients }, (_, n) => client(`${run} ${n}`));
  return {
    load,
    async stop(): Promise<RoomLoad> {
      isOver = true;
      await Promise.all(running);
      return load;
    },
  };
}

/** The status and code of an answer, or why there was none. */
const describe = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${String(error.cause ?? '')}`.trim() : String(error);
