import { isIP } from 'node:net';
import { z } from 'zod';

/** Proxies that may say for whom they ask: how many of them stand in a row, or their addresses. */
export type TrustProxy = number | readonly string[];

const maxHops = 10;

/** Networks by the names that Fastify knows. */
const namedNetworks: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

const problem =
  `must be a number of proxies from 1 to ${maxHops}, or addresses and networks such as ` +
  '10.0.0.5,10.1.0.0/16,loopback, separated by commas';
const everyone = 'must not trust everyone: a trusted sender can claim any client address';

/**
 * Parses `TRUST_PROXY`: the proxies whose `X-Forwarded-For` is trusted. Failed logins are counted by the address in
 * it, so a value that trusts everyone is refused.
 */
export const trustProxy = z.string().transform((text, context): TrustProxy => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (/^\d+$/.test(text)) {
    const hops = Number(text);
    return hops >= 1 && hops <= maxHops ? hops : refuse(problem);
  }
  const proxies = text.split(',').map((proxy) => proxy.trim());
  if (proxies.some(isEveryone)) return refuse(everyone);
  return proxies.every(isAddressOrNetwork) ? proxies : refuse(problem);
});

const isEveryone = (proxy: string): boolean =>
  ['true', 'all', '*'].includes(proxy.toLowerCase()) || /^[\da-f.:]+\/0+$/i.test(proxy);

function isAddressOrNetwork(proxy: string): boolean {
  if (namedNetworks.includes(proxy)) return true;
  const [address = '', prefix, ...more] = proxy.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || isPrefix(prefix, version === 4 ? 32 : 128);
}

const isPrefix = (prefix: string, maxBits: number): boolean =>
  /^\d{1,3}$/.test(prefix) && Number(prefix) <= maxBits;
