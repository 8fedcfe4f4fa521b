import type { Parts } from '../parts.ts';
import type { ProviderError } from '../protocol/protocol.ts';

/** At most so many events of a node in a minute: an attacker must not fill the audit log. */
const maxEvents = 60;
const windowMs = 60_000;

/** Counts what may be recorded. */
export function createFailureWindow() {
  let [beganAtMs, count] = [Number.NEGATIVE_INFINITY, 0];
  return (at: Date): boolean => {
    if (at.getTime() - beganAtMs >= windowMs) [beganAtMs, count] = [at.getTime(), 0];
    count += 1;
    return count <= maxEvents;
  };
}

/** Records where a log-in at a provider has failed. Nothing of the provider's answer is in it. Never rejects. */
export async function recordFailure(
  { accounts, sql, log, now, mayRecord }: Parts,
  provider: string,
  { stage, code }: ProviderError,
): Promise<void> {
  if (!mayRecord(now())) return;
  const event = { action: 'provider.login_failed', subjectId: null };
  await accounts
    .record(sql, { ...event, detail: `${provider}: ${stage}, ${code}` })
    .catch((err: unknown) => log.warn({ err }, 'a failed log-in at a provider is not recorded'));
}
