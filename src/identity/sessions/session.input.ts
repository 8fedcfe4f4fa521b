import { maxPageSize, type Page, parsePage } from '../../composition/connection.ts';
import { isUuid } from '../../composition/uuid.ts';
import { BadUserInputError } from '../../errors.ts';

/** The arguments of a page of sessions. */
export interface SessionPageArguments {
  readonly first?: number | null | undefined;
  /** The id of the last session of the previous page. */
  readonly after?: string | null | undefined;
}

/** Validates the arguments. @throws {BadUserInputError} when `first` is not 1 to 100, or `after` is not an id. */
export function parseSessionPage({ first, after }: SessionPageArguments): Page {
  const { limit } = parsePage({ first: first ?? maxPageSize });
  if (after === undefined || after === null) return { limit, afterId: undefined };
  if (!isUuid(after)) {
    throw new BadUserInputError('after', '`after` must be the id of a session.');
  }
  return { limit, afterId: after.toLowerCase() };
}
