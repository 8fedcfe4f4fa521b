import { isIP } from 'node:net';
import { toGroups } from './ip-address.ts';

/** A range of addresses, including both ends, as 128-bit numbers. */
export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

const bits = { 4: 32, 6: 128 } as const;

/** Parses an address, or a network such as `10.0.0.0/8`. Undefined: invalid. */
export function parseNetwork(text: string): AddressRange | undefined {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || more.length > 0 || address.includes('%'))
    return undefined;
  const width = bits[version];
  const length = prefix === undefined ? width : toPrefixLength(prefix, width);
  const value = toNumber(address);
  if (length === undefined || value === undefined) return undefined;
  const size = 1n << BigInt(width - length);
  const first = value - (value % size);
  return { first, last: first + size - 1n };
}

function toPrefixLength(text: string, width: number): number | undefined {
  return /^\d{1,3}$/.test(text) && Number(text) <= width ? Number(text) : undefined;
}

const toNumber = (address: string): bigint | undefined =>
  toGroups(address)?.reduce((value, group) => value * 65_536n + BigInt(group), 0n);

const toRanges = (...networks: readonly string[]): readonly AddressRange[] =>
  networks.flatMap((network) => parseNetwork(network) ?? []);

/** Networks whose addresses are not routed on the Internet. They do not overlap. */
const privateRanges = toRanges(
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1',
  'fc00::/7',
  'fe80::/10',
);
const everyV4 = toRanges('::ffff:0:0/96');

/** Whether an address is in a network that is not routed on the Internet. */
export function isPrivateAddress(address: string): boolean {
  const value = toNumber(address);
  return (
    value !== undefined && privateRanges.some(({ first, last }) => first <= value && value <= last)
  );
}

/** Returns how many public addresses of each version are in at least one of these ranges. */
export function countPublic(ranges: readonly AddressRange[]) {
  const union = merge(ranges);
  const all = count(union) - count(intersect(union, privateRanges));
  const privateV4 = intersect(privateRanges, everyV4);
  const v4 = count(intersect(union, everyV4)) - count(intersect(union, privateV4));
  return { v4, v6: all - v4 };
}

/** Merges overlapping ranges. */
function merge(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1))) {
    const before = merged.at(-1);
    if (before === undefined || range.first > before.last) merged.push(range);
    else if (range.last > before.last) merged.splice(-1, 1, { ...before, last: range.last });
  }
  return merged;
}

const intersect = (ones: readonly AddressRange[], others: readonly AddressRange[]) =>
  ones
    .flatMap((one) =>
      others.map((other) => ({
        first: inOrder(one.first, other.first)[1],
        last: inOrder(one.last, other.last)[0],
      })),
    )
    .filter(({ first, last }) => first <= last);

const inOrder = (one: bigint, other: bigint) =>
  one < other ? ([one, other] as const) : ([other, one] as const);

const count = (ranges: readonly AddressRange[]): bigint =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
