import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { ask } from '../ask.ts';
import { isGone } from '../kill/writer.ts';
import { adminPassword } from '../test-server.ts';
import type { MailNodes } from './mail-nodes.ts';

/** What was answered, so that its mail must arrive: by address for requests and invitations, by user for changes. */
export interface Caused {
  readonly resets: string[];
  readonly invitations: string[];
  readonly changes: string[];
  /** Requests without an answer: their mails may arrive, or not. */
  unanswered: number;
}

export const createCaused = (): Caused => ({
  resets: [],
  invitations: [],
  changes: [],
  unanswered: 0,
});

const nameOf = (kind: keyof Caused, n: number): string => `${kind}-${n}`;
const addressOf = (kind: keyof Caused, n: number): string => `${nameOf(kind, n)}@example.org`;

/** Adds users with verified addresses, as the owner of the tables. They have the password of the ADMIN. */
export async function addUsers(sql: pg.Client, count: number): Promise<void> {
  for (const kind of ['resets', 'changes'] as const) {
    const values = [nameOf(kind, 0).slice(0, -1), '@example.org', count];
    await sql.query(
      `WITH added AS (
         INSERT INTO gatehouse.users (id, username, username_key, display_name, email, password_hash)
         SELECT gen_random_uuid(), $1 || n, $1 || n, $1 || n, $1 || n || $2, admin.password_hash
         FROM generate_series(0, $3::int - 1) AS n, gatehouse.users AS admin
         WHERE admin.username_key = 'admin'
         RETURNING id, email
       )
       INSERT INTO gatehouse_mail.addresses (user_id, address, address_key, verified_at)
       SELECT id, email, email, now() FROM added`,
      values,
    );
  }
}

/** Waits between two causes of one writer. */
const pauseMs = 300;

/** Asks either node for resets, changes of passwords and invitations, each for another user, until it is stopped. */
export async function causeMails(
  nodes: Pick<MailNodes, 'urls'>,
  caused: Caused,
  isStopped: () => boolean,
): Promise<void> {
  const writer = async (kind: keyof typeof causes): Promise<void> => {
    for (let n = 0; !isStopped(); n += 1) {
      const urls = nodes.urls();
      const url = `${urls[n % urls.length]}/graphql`;
      try {
        await causes[kind](createAsk(url), n);
        caused[kind].push(kind === 'changes' ? nameOf(kind, n) : addressOf(kind, n));
      } catch (error) {
        if (!isGone(error)) throw error;
        caused.unanswered += 1;
      }
      await sleep(pauseMs);
    }
  };
  await Promise.all([writer('resets'), writer('invitations'), writer('changes')]);
}

type Ask = ReturnType<typeof createAsk>;

/** Asks with variables, from another address each time, since anonymous requests are limited by it. @throws for a refusal. */
const createAsk =
  (url: string) =>
  async (query: string, variables: Readonly<Record<string, unknown>>, token?: string) => {
    const headers = { 'x-forwarded-for': anyIp() };
    const options = { variables, headers, ...(token === undefined ? {} : { token }) };
    const { status, data, errors, text } = await ask(url, query, options);
    if (status !== 200 || errors.length > 0) throw new Error(`${status}: ${text}`);
    return data;
  };

const anyIp = (): string =>
  ['10', ...Array.from({ length: 3 }, () => Math.floor(Math.random() * 256))].join('.');

const logIn = async (send: Ask, username: string): Promise<string> =>
  (await send(loginMutation, { username, password: adminPassword })).login.accessToken;

const causes = {
  resets: (send: Ask, n: number) =>
    send('mutation ($email: String!) { requestPasswordReset(email: $email) }', {
      email: addressOf('resets', n),
    }),
  invitations: async (send: Ask, n: number) =>
    send(
      'mutation ($input: InviteUserInput!) { inviteUser(input: $input) { id } }',
      { input: { email: addressOf('invitations', n) } },
      await logIn(send, 'admin'),
    ),
  changes: async (send: Ask, n: number) =>
    send(
      `mutation ($old: String!, $new: String!) {
         changePassword(currentPassword: $old, newPassword: $new) { accessToken } }`,
      { old: adminPassword, new: 'cobalt-heron-window-41-moss' },
      await logIn(send, nameOf('changes', n)),
    ),
};

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken } }`;
