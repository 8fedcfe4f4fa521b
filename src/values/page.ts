import { BadUserInputError } from '../errors.ts';

/** The maximum number of edges on a page. */
export const maxPageSize = 100;
const defaultPageSize = 20;

/** The arguments of a page (Relay cursor connections, forward pagination). */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A page of a list (Relay cursor connections). */
export interface Connection<Row> {
  readonly edges: readonly Edge<Row>[];
  readonly pageInfo: PageInfo;
  /** How many rows all pages have together. Absent where it is not selected. */
  readonly totalCount?: number;
}

export interface Edge<Row> {
  readonly node: Row;
  readonly cursor: string;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** @throws {BadUserInputError} when `first` is not 1 to 100. */
export function parsePageSize(first: PageArguments['first']): number {
  const size = first ?? defaultPageSize;
  if (size >= 1 && size <= maxPageSize) return size;
  throw new BadUserInputError('first', `\`first\` must be between 1 and ${maxPageSize}.`);
}

interface ConnectionParts<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly cursorOf: (row: Row) => string;
}

/** Creates a connection. Each cursor is written when it is read: most clients read the last one alone. */
export function toConnection<Row>(parts: ConnectionParts<Row>): Connection<Row> {
  const { rows, hasNextPage, hasPreviousPage, cursorOf } = parts;
  const edges = rows.map((node) => new RowEdge(node, cursorOf));
  return { edges, pageInfo: new EdgesInfo(edges, { hasNextPage, hasPreviousPage }) };
}

/** The position of a page in its list. A copy with `...` has the cursors too, because they are own properties. */
class EdgesInfo implements PageInfo {
  static readonly #cursors: PropertyDescriptorMap & ThisType<EdgesInfo> = {
    startCursor: {
      get() {
        return this.#edges.at(0)?.cursor ?? null;
      },
      enumerable: true,
    },
    endCursor: {
      get() {
        return this.#edges.at(-1)?.cursor ?? null;
      },
      enumerable: true,
    },
  };

  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  declare readonly startCursor: string | null;
  declare readonly endCursor: string | null;
  readonly #edges: readonly Edge<unknown>[];

  constructor(
    edges: readonly Edge<unknown>[],
    { hasNextPage, hasPreviousPage }: Pick<PageInfo, 'hasNextPage' | 'hasPreviousPage'>,
  ) {
    this.#edges = edges;
    this.hasNextPage = hasNextPage;
    this.hasPreviousPage = hasPreviousPage;
    Object.defineProperties(this, EdgesInfo.#cursors);
  }
}

/** An edge. A copy with `...` has the cursor too, because it is an own property. */
class RowEdge<Row> implements Edge<Row> {
  static readonly #cursor: PropertyDescriptor & ThisType<RowEdge<unknown>> = {
    get() {
      return this.#cursorOf(this.node);
    },
    enumerable: true,
  };

  readonly node: Row;
  declare readonly cursor: string;
  readonly #cursorOf: (row: Row) => string;

  constructor(node: Row, cursorOf: (row: Row) => string) {
    this.node = node;
    this.#cursorOf = cursorOf;
    Object.defineProperty(this, 'cursor', RowEdge.#cursor);
  }
}
