import { findRow, hasRows, runSql, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';
import { hashOf } from '../secrets.ts';

/** A log-in that begins. */
export interface NewLogin {
  readonly provider: string;
  readonly state: string;
  readonly challenge: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  /** The secret of the browser. Undefined: an app begins it. */
  readonly browser: string | undefined;
  readonly appChallenge: string | undefined;
  readonly sessionId: string | undefined;
  /** The key of the address. Undefined: it is not known. */
  readonly address: string | undefined;
  readonly at: Date;
}

/** How many log-ins may be pending at once. */
const limits = { ofAddress: 20, ofBrowser: 5 } as const;
export const pendingSeconds = 10 * 60;
/** How long a code opens a session. */
export const codeSeconds = 60;

/** An arbitrary key, which must not be the first one of another advisory lock in this database. */
const addressLock = 3_104_002;

/** Returns a time that is so many seconds later. */
export const after = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000);

/**
 * Stores a log-in that begins. Returns false when too many are pending for its address or its browser. Call it in a
 * transaction: log-ins of one address wait for each other, so that together they cannot exceed the limit.
 */
export async function beginLogin(transaction: Sql, login: NewLogin): Promise<boolean> {
  const { at, provider, nonce, verifier, returnTo, appChallenge = null, sessionId = null } = login;
  const address = login.address === undefined ? null : hashOf(login.address);
  const browser = login.browser === undefined ? null : hashOf(login.browser);
  await runSql(transaction)`
    SELECT pg_advisory_xact_lock(${addressLock}::int, hashtext(${address ?? browser ?? ''}))::text AS locked`;
  return hasRows(transaction)`
    INSERT INTO gatehouse_providers.pending_logins (state_hash, challenge_hash, provider, nonce, verifier,
      return_to, browser_hash, app_challenge, session_id, address_hash, begun_at, expires_at)
    SELECT decode(${hashOf(login.state)}, 'hex'), decode(${hashOf(login.challenge)}, 'hex'), ${provider},
      ${nonce}, ${verifier}, ${returnTo}, decode(${browser}, 'hex'), ${appChallenge}, ${sessionId}::uuid,
      decode(${address}, 'hex'), ${at}::timestamptz, ${after(at, pendingSeconds)}::timestamptz
    WHERE (SELECT count(*) FROM gatehouse_providers.pending_logins WHERE returned_at IS NULL
        AND address_hash = decode(${address}, 'hex') AND expires_at > ${at}::timestamptz) < ${limits.ofAddress}::int
      AND (SELECT count(*) FROM gatehouse_providers.pending_logins WHERE returned_at IS NULL
        AND browser_hash = decode(${browser}, 'hex') AND expires_at > ${at}::timestamptz) < ${limits.ofBrowser}::int
    RETURNING 1 AS begun`;
}

const returningSchema = z.object({
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  isInSession: z.boolean(),
});

/** A log-in whose user has come back. */
export type ReturningLogin = Readonly<z.infer<typeof returningSchema>>;

interface WayBack {
  readonly provider: string;
  readonly state: string;
  /** The secret of the browser. */
  readonly browser: string | undefined;
  readonly at: Date;
}

/** Takes a log-in at the way back of its user, once. Undefined: no login has this state, or another browser has begun it. */
export const takeReturning = (
  sql: Sql,
  { provider, state, browser, at }: WayBack,
): Promise<ReturningLogin | undefined> =>
  findRow(sql, returningSchema)`
    UPDATE gatehouse_providers.pending_logins SET returned_at = ${at}::timestamptz
    WHERE state_hash = decode(${hashOf(state)}, 'hex') AND provider = ${provider}
      AND returned_at IS NULL AND expires_at > ${at}::timestamptz
      AND (browser_hash IS NULL OR browser_hash = decode(${browser === undefined ? null : hashOf(browser)}, 'hex'))
    RETURNING nonce, verifier, return_to AS "returnTo", session_id IS NOT NULL AS "isInSession"`;

/** What a log-in at a provider has proved, and the code of the page or app. */
export interface ProvedLogin {
  readonly state: string;
  readonly code: string;
  readonly codeExpiresAt: Date;
  readonly issuer: string;
  readonly subject: string;
  readonly provedAt: Date | undefined;
  readonly kinds: 1 | 2;
  readonly sub: string;
  readonly sid: string | undefined;
  readonly groups: readonly string[] | undefined;
}

/** Keeps what a log-in has proved. The secrets that it needed so far are removed. */
export const keepProved = (sql: Sql, proved: ProvedLogin): Promise<void> =>
  runSql(sql)`
    UPDATE gatehouse_providers.pending_logins SET
      code_hash = decode(${hashOf(proved.code)}, 'hex'),
      code_expires_at = least(expires_at, ${proved.codeExpiresAt}::timestamptz),
      issuer = ${proved.issuer}, subject = ${proved.subject},
      proved_at = ${proved.provedAt ?? null}::timestamptz, kinds = ${proved.kinds}::int,
      sub = ${proved.sub}, sid = ${proved.sid ?? null},
      groups = ${proved.groups === undefined ? null : JSON.stringify(proved.groups)}::jsonb,
      nonce = '', verifier = ''
    WHERE state_hash = decode(${hashOf(proved.state)}, 'hex')`;

/** Removes a log-in that has failed. */
export const forgetLogin = (sql: Sql, state: string): Promise<void> =>
  runSql(sql)`
    DELETE FROM gatehouse_providers.pending_logins WHERE state_hash = decode(${hashOf(state)}, 'hex')`;

const presentedSchema = z.object({
  provider: z.string(),
  issuer: z.string(),
  subject: z.string(),
  challengeHash: z.string(),
  appChallenge: z.string().nullable(),
  sessionId: z.string().nullable(),
  begunAt: timeColumn,
  provedAt: timeColumn.nullable(),
  kinds: z.union([z.literal(1), z.literal(2)]),
  sub: z.string(),
  sid: z.string().nullable(),
  groups: z.array(z.string()).nullable(),
});

/** A log-in by its code. */
export type PresentedLogin = Readonly<z.infer<typeof presentedSchema>>;

/** Finds what a code stands for. Undefined: its time is over, it was used, or it never was one. */
export const findPresented = (
  sql: Sql,
  code: string,
  at: Date,
): Promise<PresentedLogin | undefined> =>
  findRow(sql, presentedSchema)`
    SELECT provider, issuer, subject, encode(challenge_hash, 'hex') AS "challengeHash",
      app_challenge AS "appChallenge", session_id::text AS "sessionId", begun_at AS "begunAt",
      proved_at AS "provedAt", kinds, sub, sid, groups
    FROM gatehouse_providers.pending_logins
    WHERE code_hash = decode(${hashOf(code)}, 'hex') AND code_expires_at > ${at}::timestamptz`;

/** Spends a code. Returns false when it was used meanwhile, or its time is over. */
export const spendCode = (sql: Sql, code: string, at: Date): Promise<boolean> =>
  hasRows(sql)`
    DELETE FROM gatehouse_providers.pending_logins
    WHERE code_hash = decode(${hashOf(code)}, 'hex') AND code_expires_at > ${at}::timestamptz
    RETURNING 1 AS spent`;

/**
 * Locks a code, and lets it open a session from now on: for the account that was made with it. Returns false when its time is
 * over.
 */
export const renewCode = (sql: Sql, code: string, at: Date): Promise<boolean> =>
  hasRows(sql)`
    UPDATE gatehouse_providers.pending_logins SET code_expires_at = ${after(at, codeSeconds)}::timestamptz
    WHERE code_hash = decode(${hashOf(code)}, 'hex') AND code_expires_at > ${at}::timestamptz
    RETURNING 1 AS renewed`;
