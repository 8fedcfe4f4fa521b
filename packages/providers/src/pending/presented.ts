import type { ProofAttempt } from 'graphql-gatehouse';
import { z } from 'zod';
import { hashOf, isSecret, s256 } from '../secrets.ts';
import type { ProvidersRuntime } from '../settings.ts';
import { findPresented, type PresentedLogin } from './pending.store.ts';

const sentSchema = z.object({
  code: z.string().refine(isSecret),
  verifier: z
    .string()
    .regex(/^[\w.~-]{43,128}$/)
    .nullish(),
});

/** The input `ProviderProof`. */
type SentCode = z.infer<typeof sentSchema>;

/** A code that was sent, and the log-in for which it stands. */
export interface Presented {
  readonly sent: SentCode;
  readonly login: PresentedLogin;
}

/** Finds the log-in of a code. Undefined: its time is over, it was used, or it never was one. */
export async function findLogin(
  { sql, now }: Pick<ProvidersRuntime, 'sql' | 'now'>,
  value: unknown,
): Promise<Presented | undefined> {
  const sent = sentSchema.safeParse(value).data;
  const login = sent && (await findPresented(sql, sent.code, now()));
  return login && { sent, login };
}

/** How much earlier than its begin a log-in in a session may have been: the clocks of servers differ. */
const toleranceMs = 30_000;

/** Says, for the audit log, why a code is not for its sender. Undefined: it is. Pure. */
export function describeMismatch(
  presented: Presented,
  { purpose, sessionId, challenge }: Pick<ProofAttempt, 'purpose' | 'sessionId' | 'challenge'>,
  { mayLackTime = false }: { readonly mayLackTime?: boolean } = {},
): string | undefined {
  const { login } = presented;
  if (sessionId === undefined) {
    if (!isOfChallenge(presented, challenge)) return 'code of a provider with another challenge';
    const isFor = login.appChallenge === null ? 'SESSION' : 'LOGIN';
    return purpose === isFor ? undefined : 'code of a provider for another kind of login';
  }
  if (login.sessionId !== sessionId) return 'code of a provider of another session';
  if (!hasVerifier(presented)) return 'code of a provider without its verifier';
  if (login.provedAt === null)
    return mayLackTime ? undefined : 'login at a provider without a time';
  const isNew = login.provedAt.getTime() >= login.begunAt.getTime() - toleranceMs;
  return isNew ? undefined : 'login at a provider that is not new';
}

/** Whether a code is for the page or app, outside of a session, that has begun its log-in. Pure. */
export const isOfChallenge = (presented: Presented, challenge: string | undefined): boolean =>
  presented.login.sessionId === null &&
  challenge !== undefined &&
  hashOf(challenge) === presented.login.challengeHash &&
  hasVerifier(presented);

/** Whether who sends a code has what only the app has that began. Browsers have a cookie in place of it. */
const hasVerifier = ({ sent: { verifier }, login: { appChallenge } }: Presented): boolean =>
  appChallenge === null || (typeof verifier === 'string' && s256(verifier) === appChallenge);
