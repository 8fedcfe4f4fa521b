import { BlockList, isIP, isIPv6 } from 'node:net';

/** What a request says about the address of its client. */
export interface AddressFacts {
  /** As the host determines it. Undefined: it does not know it. */
  readonly ip: string | undefined;
  /** The headers `X-Forwarded-For` and `Forwarded` (RFC 7239), joined. */
  readonly forwarded: string | undefined;
}

const unknown =
  'contextOf got no address of the client: failed logins are counted by username alone, and the audit log has no ' +
  'address. Pass it as `ip`, such as contextOf(request, { ip: req.socket.remoteAddress })';
const proxied =
  'requests have the address of a proxy: all clients share its limit of failed logins. Trust the proxy in your ' +
  'server (Express: app.set("trust proxy", ...), Fastify: trustProxy), or pass the address of the client as `ip`';

/** Creates the function that returns the valid address of a client. It advises once about each kind of mistake. */
export function createClientAddress(advise: (advice: string) => void) {
  const privateAddresses = createPrivateAddresses();
  const given = new Set<string>();
  const once = (advice: string) => {
    if (!given.has(advice)) advise(advice);
    given.add(advice);
  };

  /** Whether the connection came from a proxy that is not trusted. A trusted one names the client in the header. */
  function isProxy(ip: string, forwarded: string | undefined): boolean {
    const address = withoutPrefix(ip);
    if (forwarded === undefined || forwarded.includes(address)) return false;
    return privateAddresses.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  return ({ ip = '', forwarded }: AddressFacts): string | undefined => {
    if (isIP(ip) === 0) {
      once(unknown);
      return undefined;
    }
    if (isProxy(ip, forwarded)) once(proxied);
    return ip;
  };
}

/** Creates the addresses of the machine and of its networks, where proxies are. */
function createPrivateAddresses(): BlockList {
  const addresses = new BlockList();
  addresses.addSubnet('127.0.0.0', 8, 'ipv4');
  addresses.addSubnet('10.0.0.0', 8, 'ipv4');
  addresses.addSubnet('172.16.0.0', 12, 'ipv4');
  addresses.addSubnet('192.168.0.0', 16, 'ipv4');
  addresses.addAddress('::1', 'ipv6');
  addresses.addSubnet('fc00::', 7, 'ipv6');
  addresses.addSubnet('fe80::', 10, 'ipv6');
  return addresses;
}

/** Returns an IPv4 address that is inside an IPv6 address, as Node.js reports it, without the prefix and the zone. */
const withoutPrefix = (ip: string): string =>
  ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
