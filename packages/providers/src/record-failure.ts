import type { Parts } from './parts.ts';
import type { ProviderError } from './protocol/protocol.ts';

/** Records where a log-in or log-out at a provider has failed. Nothing of the provider's answer is in it. Never rejects. */
export async function recordFailure(
  { accounts, sql, log, now, mayRecord }: Parts,
  provider: string,
  { stage, code }: ProviderError,
): Promise<void> {
  const action = stage === 'logout' ? 'provider.logout_failed' : 'provider.login_failed';
  if (!mayRecord(`${action} ${provider}`, now())) return;
  const event = { action, subjectId: null };
  await accounts
    .record(sql, { ...event, detail: `${provider}: ${stage}, ${code}` })
    .catch((err: unknown) => log.warn({ err }, 'a failed login at a provider is not recorded'));
}
