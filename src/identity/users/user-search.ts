/** How the text of a search is compared with names. */
export type SearchKind = 'CONTAINS' | 'BEGINS_WITH';

/** The shortest sequence of letters and digits that the index of parts of names can find. */
const indexed = /[\p{L}\p{N}]{3}/u;

/**
 * Returns how a text is compared. Parts of names are found only where the database has their index, and only by a text
 * that the index can find: any other one would have to be compared with every user.
 */
export const searchKindOf = (search: string, hasIndexOfParts: boolean): SearchKind =>
  hasIndexOfParts && indexed.test(search) ? 'CONTAINS' : 'BEGINS_WITH';

/** Returns a pattern of LIKE, in which the wildcards of the text are escaped. */
export function toPattern(search: string, kind: SearchKind): string {
  const text = search.replace(/[\\%_]/g, '\\$&');
  return kind === 'CONTAINS' ? `%${text}%` : `${text}%`;
}
