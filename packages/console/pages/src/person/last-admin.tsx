import { useData } from '../data.tsx';
import { useAllowed } from '../use-allowed.ts';
import type { Person } from './person.ts';
import { LastAdminDocument } from './person-documents.ts';

/** The id of {@link LastAdmin}. */
export const lastAdminId = 'last-admin';

/**
 * Reads whether a user is the last administrator: the server refuses whatever would leave none. Viewers who may not read it
 * hear so from the server. Undefined: not known yet.
 */
export function useIsLastAdmin({ id }: Pick<Person, 'id'>): boolean | undefined {
  const allowed = useAllowed('last admin', new Map([['read', [{ run: LastAdminDocument }]]]));
  const mayRead = allowed.error ? false : allowed.data?.includes('read');
  const { data, error } = useData(LastAdminDocument, {}, { isEnabled: mayRead ?? false });
  if (mayRead === false || error) return false;
  return data && data.consoleLastAdmin === id;
}

/** Says why buttons do nothing. They are described by it. */
export const LastAdmin = () => (
  <p className="quiet" id={lastAdminId}>
    This is the only administrator without an end. Grant ADMIN to another user, without an end,
    first.
  </p>
);
