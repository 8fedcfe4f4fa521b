import { useRef } from 'react';
import { Group, type UsersQuery } from '../generated/graphql.ts';
import { GrantGroup } from './grant-group.tsx';
import { SendReset } from './send-reset.tsx';
import { UserGroup } from './user-group.tsx';

type User = UsersQuery['users']['edges'][number]['node'];

/** A user, and whether the address is confirmed, if that was read. */
export type ListedUser = User & { readonly emailVerifiedAt?: string | null };

/** A user with the groups, and the controls that change them. */
export function UserRow({ user }: { readonly user: ListedUser }) {
  const row = useRef<HTMLLIElement>(null);
  const missing = Object.values(Group).filter((group) => !user.groups.includes(group));
  return (
    <li className="row" ref={row} tabIndex={-1}>
      <div>
        <strong>{user.displayName}</strong>{' '}
        {user.displayName !== user.username && <span className="quiet">{user.username}</span>}{' '}
        {user.disabledAt !== null && <span className="state">Disabled</span>}
        {user.email && (
          <div className="quiet">
            {user.email}
            {user.emailVerifiedAt === null && ' · not confirmed'}
          </div>
        )}
      </div>
      <ul className="groups" aria-label={`Groups of ${user.username}`}>
        {user.groups.map((group) => (
          <UserGroup
            key={group}
            user={user}
            group={group}
            // The button that had the focus is gone.
            onRevoked={() => row.current?.focus()}
          />
        ))}
      </ul>
      {missing.length > 0 && <GrantGroup user={user} groups={missing} />}
      <SendReset user={user} />
    </li>
  );
}
