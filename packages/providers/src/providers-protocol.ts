import type { Parts } from './parts.ts';
import { ProviderError, type ProviderProtocol } from './protocol/protocol.ts';
import { recordFailure } from './record-failure.ts';

/** Each provider has an address of its own: the answer of one is never taken for that of another (RFC 9700, 4.4.2.2). */
export const wayBackPath = (provider: string): string =>
  `/providers/${provider.toLowerCase().replaceAll('_', '-')}`;

export const redirectUriOf = ({ addresses }: Pick<Parts, 'addresses'>, provider: string): string =>
  `${addresses.origin}${wayBackPath(provider)}`;

/** Does something at a provider. Undefined: it has failed, or the provider is away, which is recorded. */
export async function attempt<Result>(
  parts: Parts,
  provider: string,
  work: (protocol: ProviderProtocol) => Promise<Result>,
): Promise<Result | undefined> {
  const protocol = parts.protocols.get(provider);
  if (protocol === undefined) return undefined;
  try {
    return await work(protocol);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    await recordFailure(parts, provider, error);
    return undefined;
  }
}
