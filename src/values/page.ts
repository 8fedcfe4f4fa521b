import { BadUserInputError } from '../errors.ts';
import { isUuid } from './uuid.ts';

/** The maximum number of edges on a page. */
export const maxPageSize = 100;
const defaultPageSize = 20;

/** A page to read: `limit` records after the one with the id `afterId` (keyset pagination). */
export interface Page {
  readonly limit: number;
  readonly afterId: string | undefined;
}

/** The arguments of a page (Relay cursor connections, forward pagination). */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** @throws {BadUserInputError} when `first` is not 1 to 100, or `after` is not a cursor of this API. */
export function parsePage({ first, after }: PageArguments): Page {
  const limit = first ?? defaultPageSize;
  if (limit < 1 || limit > maxPageSize) {
    throw new BadUserInputError('first', `\`first\` must be between 1 and ${maxPageSize}.`);
  }
  return { limit, afterId: after === null || after === undefined ? undefined : parseCursor(after) };
}

/**
 * Converts records to a connection. The store reads one record more than the page's limit, so that `hasNextPage` needs
 * no second query.
 */
export function toConnection<Node extends { readonly id: string }>(
  records: readonly Node[],
  { limit, afterId }: Page,
) {
  const edges = records.slice(0, limit).map((node) => ({ node, cursor: toCursor(node.id) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: records.length > limit,
      // The cursor is that of an earlier edge.
      hasPreviousPage: afterId !== undefined,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** Encodes the id, so that clients do not depend on it: cursors are opaque. */
const toCursor = (id: string): string => Buffer.from(`id:${id}`).toString('base64url');

function parseCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString().replace(/^id:/, '');
  if (!isUuid(id) || toCursor(id) !== cursor) {
    throw new BadUserInputError('after', '`after` is not a valid cursor for this connection.');
  }
  return id;
}
