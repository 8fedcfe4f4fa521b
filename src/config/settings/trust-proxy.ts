import { z } from 'zod';
import { countPublic, parseNetwork } from '../../values/networks.ts';

/** The trusted proxies: their number in a row, or their addresses. */
export type TrustProxy = number | readonly string[];

const maxHops = 10;

/** Names of networks that Fastify accepts. */
const namedNetworks: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

const problem =
  `must be a number of proxies from 1 to ${maxHops}, or addresses and networks such as ` +
  '10.0.0.5,10.1.0.0/16,loopback, separated by commas';
const everyone = 'must not trust everyone: a trusted sender can claim any client address';

/** The maximum number of trusted public addresses: a /8 of IPv4, a /20 of IPv6. The largest CDNs have fewer. */
const maxPublic = { v4: 2n ** 24n, v6: 2n ** 108n };
const tooWide =
  'must not trust so many public addresses: at most a /8 of IPv4 and a /20 of IPv6 in all. A trusted sender can ' +
  'claim any client address';

/**
 * Parses `TRUST_PROXY`: the proxies whose `X-Forwarded-For` is trusted. Failed logins are counted by the address in
 * it, so a value that trusts everyone, or a large part of the Internet, is refused.
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
  const addresses = proxies.filter((proxy) => !namedNetworks.includes(proxy));
  const ranges = addresses.flatMap((address) => parseNetwork(address) ?? []);
  if (ranges.length < addresses.length) return refuse(problem);
  const trusted = countPublic(ranges);
  return trusted.v4 <= maxPublic.v4 && trusted.v6 <= maxPublic.v6 ? proxies : refuse(tooWide);
});

const isEveryone = (proxy: string): boolean =>
  ['true', 'all', '*'].includes(proxy.toLowerCase()) || /^[\da-f.:]+\/0+$/i.test(proxy);
