import { maxPageSize } from '../values/page.ts';
import type { AnyDomain } from './domain.ts';

/** The costs of selected fields: about one unit for each row that the server reads or writes. */
export interface Pricing {
  /** By schema coordinate. */
  readonly fields: Readonly<Record<string, number>>;
  /** The cost of a mutation's root field that is not in `fields`. */
  readonly mutation: number;
  /** The cost of every other field. */
  readonly other: number;
  /** The cost of `__schema` and `__type`, with their selections. */
  readonly introspection: number;
  /** The assumed number of objects in a list without pages. */
  readonly listSize: number;
  /** The maximum size of a page, whatever `first` is. */
  readonly maxPageSize: number;
}

/** The cost of hashing a password, which takes about 200 ms of processor time. */
export const passwordHash = 100;

/** Joins the costs that the domains declare. */
export const createPricing = (domains: readonly Pick<AnyDomain, 'costs'>[]): Pricing => ({
  fields: Object.assign({}, ...domains.map(({ costs }) => costs)),
  mutation: 10,
  other: 1,
  introspection: 250,
  listSize: 10,
  maxPageSize,
});
