import { useCan } from '@graphql-gatehouse/client/react';
import type { FormEvent } from 'react';
import type { UsersQueryVariables } from '../generated/graphql.ts';

/** Which users are shown. What is not chosen is left out: the argument for disabled users is guarded itself. */
export type UserFilter = Pick<UsersQueryVariables, 'search' | 'includeDisabled'>;

interface UserSearchProps {
  readonly onSearch: (filter: UserFilter) => void;
}

/** The form that chooses which users are shown. */
export function UserSearch({ onSearch }: UserSearchProps) {
  const seesDisabled = useCan('Query.users(includeDisabled:)') === 'allowed';

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const search = String(fields.get('search')).trim();
    onSearch({
      ...(search !== '' && { search }),
      ...(fields.has('includeDisabled') && { includeDisabled: true }),
    });
  }

  return (
    <search>
      <form className="search" onSubmit={submit}>
        <label htmlFor="search">Name</label>
        <input id="search" name="search" type="search" />
        {seesDisabled && (
          <label className="choice">
            <input name="includeDisabled" type="checkbox" /> Include disabled users
          </label>
        )}
        <button type="submit">Search</button>
      </form>
    </search>
  );
}
