import { Can } from '@graphql-gatehouse/client/react';
import type { Group } from '../generated/graphql.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { useGroupChange } from './use-group-change.ts';
import { RevokeGroupDocument } from './user-documents.ts';
import type { ListedUser } from './user-row.tsx';

interface UserGroupProps {
  readonly user: ListedUser;
  readonly group: Group;
  readonly onRevoked: () => void;
}

/** A group of a user, with the button that revokes it. */
export function UserGroup({ user, group, onRevoked }: UserGroupProps) {
  const variables = { userId: user.id, group };
  const revoke = useGroupChange(RevokeGroupDocument);
  return (
    <li className="group">
      {group}
      <Can run={RevokeGroupDocument} variables={variables}>
        <ActionButton
          label={`Revoke ${group} from ${user.username}`}
          onAction={() => revoke(variables).then(onRevoked)}
        >
          ×
        </ActionButton>
      </Can>
    </li>
  );
}
