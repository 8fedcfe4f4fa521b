import { maxPageSize } from './connection.ts';
import type { Domain } from './domain.ts';

/** What selected fields cost: about as many units as they make the server read or write rows. */
export interface Pricing {
  /** By schema coordinate. */
  readonly fields: Readonly<Record<string, number>>;
  /** Of a root field of a mutation that is not among them. */
  readonly mutation: number;
  /** Of every other field. */
  readonly other: number;
  /** Of `__schema` and `__type`, with all that is selected in them. */
  readonly introspection: number;
  /** How many objects a list without pages is taken to hold. */
  readonly listSize: number;
  /** No page is longer, whatever is asked for. */
  readonly maxPageSize: number;
}

/** The cost of hashing a password: some 200 ms of a processor. */
export const passwordHash = 100;

/** Joins the costs that the domains declare. */
export const createPricing = (domains: readonly Pick<Domain, 'costs'>[]): Pricing => ({
  fields: Object.assign({}, ...domains.map(({ costs }) => costs)),
  mutation: 10,
  other: 1,
  introspection: 250,
  listSize: 10,
  maxPageSize,
});
