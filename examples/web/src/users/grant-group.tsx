import { Can } from '@graphql-gatehouse/client/react';
import { useState } from 'react';
import type { Group } from '../generated/graphql.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { useGroupChange } from './use-group-change.ts';
import { GrantGroupDocument } from './user-documents.ts';
import type { ListedUser } from './user-row.tsx';

interface GrantGroupProps {
  readonly user: ListedUser;
  /** The groups that can be granted: at least one. */
  readonly groups: readonly Group[];
}

/** Grants a user one of several groups. */
export function GrantGroup({ user, groups }: GrantGroupProps) {
  const [chosen, setChosen] = useState<Group>();
  const grant = useGroupChange(GrantGroupDocument);
  const group = groups.find((each) => each === chosen) ?? groups[0];
  if (group === undefined) return null;
  const variables = { userId: user.id, group };
  return (
    <Can run={GrantGroupDocument} variables={variables}>
      <div className="grant">
        <select
          aria-label={`Group to grant to ${user.username}`}
          value={group}
          onChange={({ target }) => setChosen(groups.find((each) => each === target.value))}
        >
          {groups.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
        <ActionButton
          label={`Grant ${group} to ${user.username}`}
          onAction={() => grant(variables)}
        >
          Grant
        </ActionButton>
      </div>
    </Can>
  );
}
