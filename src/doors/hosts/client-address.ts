import { isIP } from 'node:net';
import { toGroups } from '../../values/ip-address.ts';
import { isPrivateAddress } from '../../values/networks.ts';

/** What a request says about the address of its client. */
export interface AddressFacts {
  /** As the host determines it. Undefined: it does not know it. */
  readonly ip: string | undefined;
  /** The header `X-Forwarded-For`, or `Forwarded` (RFC 7239). */
  readonly forwarded: string | undefined;
}

const consequences =
  'failed logins are counted by username alone, subscriptions of anonymous viewers have no limit, and the audit log ' +
  'has no address';
const unknown =
  `contextOf got no address of the client: ${consequences}. ` +
  'Pass it as `ip`, such as contextOf(request, { ip: req.socket.remoteAddress })';
const proxied =
  `requests have the address of a proxy: ${consequences}. ` +
  'Trust the proxy in your server (Express: app.set("trust proxy", ...), Fastify: trustProxy), or pass the ' +
  'address of the client as `ip`';

/**
 * Returns the valid address of a client. Undefined: the host does not know it, or has only the address of a proxy, which
 * all clients share.
 */
export type ClientAddress = (facts: AddressFacts) => string | undefined;

/** Creates the function that finds addresses. It advises once about each kind of mistake. */
export function createClientAddress(advise: (advice: string) => void): ClientAddress {
  const advised = new Set<string>();
  const once = (advice: string) => {
    if (!advised.has(advice)) advise(advice);
    advised.add(advice);
  };

  return ({ ip = '', forwarded }) => {
    if (isIP(ip) === 0) {
      once(unknown);
      return undefined;
    }
    if (forwarded === undefined || !isPrivateAddress(ip) || isNamed(ip, forwarded)) return ip;
    once(proxied);
    return undefined;
  };
}

/**
 * Whether the last address of a header is this one: a trusted proxy names its client there. Those before it can be the
 * client's own words.
 */
function isNamed(ip: string, forwarded: string): boolean {
  const named =
    forwarded
      .split(',')
      .at(-1)
      ?.split(/[\s;="[\]]+/) ?? [];
  const sought = String(toGroups(ip));
  return named.some((each) => String(toGroups(each)) === sought);
}
