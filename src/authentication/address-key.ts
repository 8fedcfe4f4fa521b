import { isIPv6 } from 'node:net';

/** The first groups of an IPv6 address that name its network: /64 (RFC 4291, 2.5.4). */
const networkGroups = 4;
/** Those that name the site of the network, which has many of them: /48 (RFC 6177). */
const siteGroups = 3;

/**
 * The form under which a network address is counted: an IPv4 address as it is, however it is written
 * inside IPv6, and the /64 network of any other IPv6 address, since the holder of one address of it
 * has all of them.
 */
export const toAddressKey = (ip: string): string => toPrefixKey(ip, networkGroups);

/**
 * The same for what many of one site have to share, such as turns: /48 in place of /64. Too wide to refuse
 * anybody for what others have done.
 */
export const toSiteKey = (ip: string): string => toPrefixKey(ip, siteGroups);

function toPrefixKey(ip: string, prefixGroups: number): string {
  const address = ip.replace(/%.*$/, ''); // the zone of a link-local address
  if (!isIPv6(address)) return address;
  const groups = toGroups(address);
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  const network = groups.slice(0, prefixGroups).map((group) => group.toString(16));
  return `${network.join(':')}::/${16 * prefixGroups}`;
}

/** The eight groups of an IPv6 address. */
function toGroups(address: string): readonly number[] {
  // A URL's host is in the canonical form (RFC 5952), with an IPv4 part in hexadecimal.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return [...head, ...zeros, ...tail];
}
