import type { RowPolicy, Viewer } from '@graphql-gatehouse/authorization';
import { callable } from './fixtures.ts';
import type { Arrival, RowPolicyName } from './ruled-generators.ts';

export type AppViewer = Viewer & { readonly tag: number };

export interface Context {
  readonly viewer: AppViewer;
  /** The fields whose resolvers have made mistakes with rows. */
  readonly mistakes: string[];
}

/** A filter, with the combinations of Prisma. */
export interface Filter {
  readonly tag?: number;
  readonly minLevel?: number;
  readonly maxLevel?: number;
  readonly OR?: readonly Filter[];
  readonly AND?: readonly Filter[];
}

/** What policies decide by. */
interface Row {
  readonly tag: number;
  readonly level: number;
}

/** Whether a filter selects a row, as a data client would. */
export const selects = (row: Row, { tag, minLevel, maxLevel, OR, AND }: Filter): boolean =>
  (tag === undefined || row.tag === tag) &&
  (minLevel === undefined || row.level >= minLevel) &&
  (maxLevel === undefined || row.level <= maxLevel) &&
  (OR === undefined || OR.some((filter) => selects(row, filter))) &&
  (AND === undefined || AND.every((filter) => selects(row, filter)));

const rowOf = (row: unknown): Row => ({ tag: -1, level: 99, ...Object(row) });

export const rowPolicies: Readonly<Record<RowPolicyName, RowPolicy<AppViewer, Context>>> = {
  SAME_TAG: {
    reads: ['tag'],
    admits: ({ tag }, row) => rowOf(row).tag === tag,
    where: ({ tag }) => ({ tag }),
  },
  LOW: {
    reads: ['level'],
    admits: async (_viewer, row) => rowOf(row).level <= 1,
    where: () => ({ maxLevel: 1 }),
  },
  NEVER: { reads: [], admits: () => false, where: () => ({ OR: [] }) },
  HIGH: {
    reads: ['level'],
    admits: (_viewer, row) => rowOf(row).level > 2,
    where: () => ({ minLevel: 3 }),
  },
};

/** Ways in which a value comes to the executor. */
export const arrive: Readonly<Record<Arrival, (value: unknown) => unknown>> = {
  'at once': (value) => value,
  promise: (value) => Promise.resolve(value),
  thenable: (value) => Object.fromEntries([['then', thenOf(value)]]),
  'callable promise': (value) => callable(Promise.resolve(value)),
};

const thenOf = (value: unknown) => Promise.prototype.then.bind(Promise.resolve(value));
