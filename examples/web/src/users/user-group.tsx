import { Can } from '@gatehouse/client/react';
import type { Group } from '../generated/graphql.ts';
import { Problem } from '../parts/problem.tsx';
import { useGroupChange } from './use-group-change.ts';
import { RevokeGroupDocument } from './user-documents.ts';
import type { ListedUser } from './user-row.tsx';

interface UserGroupProps {
  readonly user: ListedUser;
  readonly group: Group;
}

/** A group of a user, with the button that revokes it. */
export function UserGroup({ user, group }: UserGroupProps) {
  const variables = { userId: user.id, group };
  const { change, isRunning, error } = useGroupChange(RevokeGroupDocument);
  return (
    <li className="group">
      {group}
      <Can run={RevokeGroupDocument} variables={variables}>
        <button
          type="button"
          disabled={isRunning}
          aria-label={`Revoke ${group} from ${user.username}`}
          onClick={() => change(variables)}
        >
          ×
        </button>
        <Problem error={error} />
      </Can>
    </li>
  );
}
