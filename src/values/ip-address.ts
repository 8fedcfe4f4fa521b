import { isIP } from 'node:net';

/**
 * Returns the eight groups of an IPv6 address, without its zone. An IPv4 address has those of its form in
 * `::ffff:0:0/96` (RFC 4291, 2.5.5.2), as Node.js reports it too. Undefined: it is no address.
 */
export function toGroups(text: string): readonly number[] | undefined {
  const version = isIP(text);
  if (version === 0) return undefined;
  const address = version === 4 ? `::ffff:${text}` : text.replace(/%.*$/, '');
  // The host of a URL is in the canonical form (RFC 5952), with an IPv4 part in hexadecimal.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return [...head, ...zeros, ...tail];
}
