import type { PageRequest } from '../context/read-page.ts';

/** The records to read in the order of their ids: at most `limit`, after the one with the id `afterId`. */
export interface IdPage {
  readonly limit: number;
  readonly afterId: string | undefined;
}

/** Converts a page of a list that is ordered by ids. */
export const toIdPage = ({ after, limit }: PageRequest): IdPage => ({
  limit,
  afterId: typeof after?.id === 'string' ? after.id : undefined,
});

export const newestFirst = { orderBy: { id: 'desc' } } as const;
