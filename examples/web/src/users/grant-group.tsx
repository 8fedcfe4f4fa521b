import { Can } from '@graphql-gatehouse/client/react';
import { useState } from 'react';
import type { Group } from '../generated/graphql.ts';
import { Problem } from '../parts/problem.tsx';
import { useAction } from '../parts/use-action.ts';
import { useGroupChange } from './use-group-change.ts';
import { GrantGroupDocument } from './user-documents.ts';
import type { ListedUser } from './user-row.tsx';

interface GrantGroupProps {
  readonly user: ListedUser;
  /** The groups that can be granted: at least one. */
  readonly groups: readonly Group[];
}

/** Grants a user one of several groups. None is chosen at first: the first one can be that with the most rights. */
export function GrantGroup({ user, groups }: GrantGroupProps) {
  const { id: userId, username } = user;
  const [chosen, setChosen] = useState<Group>();
  const grant = useGroupChange(GrantGroupDocument);
  const group = groups.find((each) => each === chosen);
  const { run, isRunning, error } = useAction(async () => group && grant({ userId, group }));
  const asked = group ?? groups[0];
  if (asked === undefined) return null;
  return (
    <Can run={GrantGroupDocument} variables={{ userId, group: asked }}>
      <form
        className="grant"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRunning) void run();
        }}
      >
        <select
          aria-label={`Group to grant to ${username}`}
          required
          value={group ?? ''}
          onChange={({ target }) => setChosen(groups.find((each) => each === target.value))}
        >
          <option value="">Choose a group</option>
          {groups.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
        <button type="submit" aria-label={`Grant a group to ${username}`} aria-disabled={isRunning}>
          Grant
        </button>
        <Problem error={error} />
      </form>
    </Can>
  );
}
