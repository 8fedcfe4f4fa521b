import { useData } from '../data.tsx';
import { useAllowed } from '../use-allowed.ts';
import type { Person } from './person.ts';
import { LastAdminDocument } from './person-documents.ts';

export const lastAdminId = 'last-admin';

/**
 * Reads whether a user is the last administrator: the server refuses whatever would leave none. Viewers who may not read it
 * hear so from the server.
 */
export function useIsLastAdmin({ id }: Pick<Person, 'id'>): boolean {
  const { data: may } = useAllowed('last admin', new Map([['read', [{ run: LastAdminDocument }]]]));
  const { data } = useData(LastAdminDocument, {}, { isEnabled: may?.includes('read') ?? false });
  return data?.consoleLastAdmin === id;
}

/** Says why buttons do nothing. They are described by it. */
export const LastAdmin = () => (
  <p className="quiet" id={lastAdminId}>
    This is the only administrator without an end. Grant ADMIN to another user, without an end,
    first.
  </p>
);
