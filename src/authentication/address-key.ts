import { isIPv6 } from 'node:net';
import { toGroups } from '../values/ip-address.ts';

/** The number of groups in an IPv6 address that identify its network: /64 (RFC 4291, 2.5.4). */
const networkGroups = 4;
/** The number of groups that identify a site, which has many networks: /48 (RFC 6177). */
const siteGroups = 3;

/**
 * Returns the key by which an address is counted: an IPv4 address unchanged, also when it is inside an IPv6 address,
 * and the /64 network of any other IPv6 address, since a client usually has all of its addresses.
 */
export const toAddressKey = (ip: string): string => toPrefixKey(ip, networkGroups);

/**
 * Returns the key of a site (/48), for resources that its clients share, such as turns in a queue. Too wide for
 * refusals: a client must not be refused for what others on the site did.
 */
export const toSiteKey = (ip: string): string => toPrefixKey(ip, siteGroups);

function toPrefixKey(ip: string, prefixGroups: number): string {
  if (!isIPv6(ip)) return ip;
  const groups = toGroups(ip) ?? [];
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  const network = groups.slice(0, prefixGroups).map((group) => group.toString(16));
  return `${network.join(':')}::/${16 * prefixGroups}`;
}
