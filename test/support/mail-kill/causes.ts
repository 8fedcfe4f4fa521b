import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type AskOptions, ask } from '../ask.ts';
import { isGone } from '../kill/writer.ts';
import { adminPassword, createNodeClient } from '../node-client.ts';
import type { Turn } from '../rounds.ts';

/** What was asked for, by address for requests and invitations, and by user for changes. */
export interface Caused {
  /** Their mails must arrive. */
  readonly answered: string[];
  /** Their mails may arrive, or not. */
  unanswered: number;
}

export const createCaused = (): Caused => ({ answered: [], unanswered: 0 });

const nameOf = (kind: Kind, n: number): string => `${kind}-${n}`;
const addressOf = (kind: Kind, n: number): string => `${nameOf(kind, n)}@example.org`;

/** Adds users with verified addresses, as the owner of the tables. They have the password of the ADMIN. */
export async function addUsers(sql: pg.Pool, count: number): Promise<void> {
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

/** Asks a node for resets, changes of passwords and invitations in loops of their own, each for another user. */
export const causeMails = (urls: () => readonly string[], caused: Caused): readonly Turn[] =>
  kinds.map((kind) => {
    let n = 0;
    return async () => {
      const running = urls();
      try {
        caused.answered.push(await causes[kind](running[n % running.length] ?? '', n));
      } catch (error) {
        if (!isGone(error)) throw error;
        caused.unanswered += 1;
      }
      n += 1;
      await sleep(pauseMs);
    };
  });

/** Asks from another address each time, since anonymous requests are limited by it. @throws for a refusal. */
async function send(url: string, query: string, options: AskOptions): Promise<void> {
  const headers = { 'x-forwarded-for': anyIp() };
  const { status, errors, text } = await ask(`${url}/graphql`, query, { ...options, headers });
  if (status !== 200 || errors.length > 0) throw new Error(`${status}: ${text}`);
}

const anyIp = (): string =>
  ['10', ...Array.from({ length: 3 }, () => Math.floor(Math.random() * 256))].join('.');

const tokenOf = async (url: string, username: string): Promise<string> =>
  (await createNodeClient(url).logIn(username, adminPassword)).accessToken;

/** Each returns the address, or the user of a notice. */
const causes = {
  async resets(url: string, n: number) {
    const email = addressOf('resets', n);
    const query = 'mutation ($email: String!) { requestPasswordReset(email: $email) }';
    await send(url, query, { variables: { email } });
    return email;
  },
  async invitations(url: string, n: number) {
    const email = addressOf('invitations', n);
    const query = 'mutation ($input: InviteUserInput!) { inviteUser(input: $input) { id } }';
    const token = await tokenOf(url, 'admin');
    await send(url, query, { token, variables: { input: { email } } });
    return email;
  },
  async changes(url: string, n: number) {
    const username = nameOf('changes', n);
    const query = `mutation ($old: String!, $new: String!) {
      changePassword(currentPassword: $old, newPassword: $new) { accessToken } }`;
    const variables = { old: adminPassword, new: 'cobalt-heron-window-41-moss' };
    await send(url, query, { token: await tokenOf(url, username), variables });
    return username;
  },
};
const kinds = ['resets', 'invitations', 'changes'] as const;
type Kind = (typeof kinds)[number];
