import { type Answer, ask } from '../ask.ts';
import type { HistoryEvent } from './events.ts';

export interface HistoryOptions {
  /** Nodes over one database. Each operation goes to one of them, by chance. */
  readonly urls: readonly string[];
  readonly admin: { readonly username: string; readonly password: string };
  readonly clients: number;
  readonly operations: number;
  /** Called before each operation with the number of those that began before it. */
  readonly onOperation?: (begun: number) => void;
}

interface Subject {
  readonly id: string;
  readonly username: string;
  readonly tokens: string[];
}

type Draft = HistoryEvent extends infer Event
  ? Event extends HistoryEvent
    ? Omit<Event, 'startedAtMs' | 'endedAtMs'>
    : never
  : never;

const password = 'plum-kettle-orbit-58-fern';
/** The group that is granted and revoked, and a query that asks for it. */
const group = 'AUDITOR';
const groupQuery = '{ auditEvents(first: 1) { edges { node { id } } } }';
/** Of all operations, roughly: mostly uses, and ends rare enough that there is something to end. */
const shares = [
  ['use', 40],
  ['useGroup', 22],
  ['login', 14],
  ['logout', 6],
  ['grant', 7],
  ['revoke', 6],
  ['enable', 3],
  ['disable', 2],
] as const;

/** Lets clients do all that begins or ends a right, on each other's accounts, and writes down when. */
export async function recordHistory(options: HistoryOptions): Promise<HistoryEvent[]> {
  const { urls, admin, clients, operations, onOperation } = options;
  const anyOf = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(Math.random() * items.length)];
  const request = (query: string, token?: string, variables = {}): Promise<Answer> =>
    ask(`${anyOf(urls)}/graphql`, query, { variables, ...(token && { token }) });
  const logIn = (username: string, secret: string) =>
    request(
      'mutation($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }',
      undefined,
      { u: username, p: secret },
    );
  const adminToken: string = (await logIn(admin.username, admin.password)).data.login.accessToken;
  const subjects: Subject[] = [];
  for (let n = 0; n < clients; n += 1) {
    const username = `client-${n}`;
    const create = 'mutation($i: CreateUserInput!) { createUser(input: $i) { id } }';
    const { data } = await request(create, adminToken, { i: { username, password } });
    subjects.push({ id: data.createUser.id, username, tokens: [] });
  }
  const byAdmin = (field: string) => async (userId: string) =>
    (await request(`mutation { ${field.replace('ID', `"${userId}"`)} { id } }`, adminToken))
      .status === 200;
  const administer = {
    disable: byAdmin('disableUser(id: ID)'),
    enable: byAdmin('enableUser(id: ID)'),
    grant: byAdmin(`grantGroup(userId: ID, group: ${group})`),
    revoke: byAdmin(`revokeGroup(userId: ID, group: ${group})`),
  };

  async function perform(kind: (typeof shares)[number][0], subject: Subject): Promise<Draft> {
    const about = { userId: subject.id };
    const token = kind === 'login' ? undefined : anyOf(subject.tokens);
    switch (kind) {
      case 'use':
      case 'useGroup': {
        if (token === undefined) return perform('login', subject);
        const { status } = await request(kind === 'use' ? '{ me { id } }' : groupQuery, token);
        return { ...about, kind, token, status, isDone: status === 200 };
      }
      case 'logout': {
        if (token === undefined) return perform('login', subject);
        const { status } = await request('mutation { logout }', token);
        return { ...about, kind, token, isDone: status === 200 };
      }
      case 'login': {
        const { status, data } = await logIn(subject.username, password);
        const issued: string | undefined = data?.login.accessToken;
        return { ...about, kind, token: issued, isDone: status === 200 };
      }
      default:
        return { ...about, kind, isDone: await administer[kind](subject.id) };
    }
  }

  const events: HistoryEvent[] = [];
  let begun = 0;
  async function client(): Promise<void> {
    while (begun < operations) {
      onOperation?.(begun);
      begun += 1;
      const subject = anyOf(subjects);
      if (subject === undefined) return;
      const startedAtMs = performance.now();
      const done = await perform(anyKind(), subject);
      events.push({ ...done, startedAtMs, endedAtMs: performance.now() });
      if (done.kind === 'login' && done.token !== undefined) subject.tokens.push(done.token);
      // Tokens that have ended are used for a while, then no more.
      if (subject.tokens.length > 8) subject.tokens.shift();
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return events;
}

function anyKind(): (typeof shares)[number][0] {
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  let left = Math.random() * total;
  for (const [kind, share] of shares) {
    left -= share;
    if (left < 0) return kind;
  }
  return 'use';
}
