import { usersText } from './users-text.ts';

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

/** The expressions are those of the indexes. */
const isFound = `(lower(username) LIKE lower($4) OR lower(display_name) LIKE lower($4)
            OR lower(email) = lower($5))`;

/** How many users are compared one by one before an index is used. */
const nearUsers = 1_000;

/** How many users a search looks at after these. */
export interface SearchBounds {
  /** How many users of all are found by an index. */
  readonly found: number;
  /** How many of the next ones are compared one by one where an index finds more than `found`. */
  readonly compared: number;
}

/** A page of a text that one user in a thousand has is between the compared ones. */
export const searchBounds: SearchBounds = { found: 1_000, compared: 20_000 };

/** Statements for a search, by a pattern `$4` of names and an e-mail address `$5`, which can be null. */
export interface SearchStatements {
  /** Compares only the next users, which is fast for a text that many names have: an index would find all of them. */
  readonly near: { readonly name: string; readonly text: string };
  /**
   * Finds users by the indexes, which is fast for a text that few names have. Of one that many have, the next users are
   * compared too. `isComplete` is in every row, and there is one without an id if no user is found.
   */
  readonly all: Readonly<Record<SearchKind, string>>;
}

/** Returns the statements for users that match `condition`. */
export const searchStatements = (
  name: string,
  condition: string,
  bounds: SearchBounds,
): SearchStatements => ({
  near: {
    name: `${name}_near`,
    text: usersText(`(${nextUsers(condition, nearUsers)})`),
  },
  all: {
    CONTAINS: farText(
      condition,
      `SELECT * FROM gatehouse.find_parts_of_names($4, ${bounds.found + 1})`,
      bounds,
    ),
    BEGINS_WITH: farText(
      condition,
      `${firstBy('username', bounds)} UNION ${firstBy('display_name', bounds)}`,
      bounds,
    ),
  },
});

const nextUsers = (condition: string, most: number): string => `
        SELECT * FROM (
          SELECT * FROM gatehouse.users WHERE id > $2::uuid AND ${condition}
          ORDER BY id LIMIT ${most}
        ) AS next WHERE ${isFound}`;

/** The first users by a name, in the order of its index. */
const firstBy = (column: string, { found }: SearchBounds): string => `(
        SELECT id, disabled_at FROM gatehouse.users WHERE lower(${column}) LIKE lower($4)
        ORDER BY lower(${column}) USING ~<~ LIMIT ${found + 1})`;

/** The first users of an address. The range makes PostgreSQL follow its index, even where many users have the address. */
const firstByEmail = ({ found }: SearchBounds): string => `(
        SELECT id, disabled_at FROM gatehouse.users WHERE lower(email) BETWEEN lower($5) AND lower($5)
        ORDER BY lower(email) LIMIT ${found + 1})`;

/** `found` has users in no order, of any id and state: what is left out of it afterwards costs nothing. */
const farText = (condition: string, found: string, bounds: SearchBounds): string =>
  usersText(
    `(
        SELECT of_page.* FROM (
          SELECT id FROM found WHERE id > $2::uuid AND ${condition}
          UNION SELECT id FROM compared
          ORDER BY id LIMIT $3::int
        ) AS ids
        CROSS JOIN LATERAL (SELECT * FROM gatehouse.users WHERE id = ids.id OFFSET 0) AS of_page)`,
    {
      before: `found AS MATERIALIZED (
        ${found} UNION ${firstByEmail(bounds)}
      ), compared AS MATERIALIZED (
        SELECT id FROM (${nextUsers(condition, bounds.compared)}) AS far
        WHERE (SELECT count(*) FROM found) > ${bounds.found} ORDER BY id LIMIT $3::int
      ), `,
      isComplete: `(SELECT count(*) FROM found) <= ${bounds.found}
        OR (SELECT count(*) FROM compared) >= $3::int
        OR NOT EXISTS (
          SELECT FROM gatehouse.users WHERE id > $2::uuid AND ${condition} ORDER BY id OFFSET ${bounds.compared})`,
    },
  );
