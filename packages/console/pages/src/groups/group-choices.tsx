import { useState } from 'react';
import { Select } from '../parts/field.tsx';
import { Unread } from '../parts/states.tsx';
import { type Need, useAllowed } from '../use-allowed.ts';
import { useDefaults } from '../use-defaults.ts';
import { type GroupFacts, useGroups } from './use-groups.ts';

interface GroupChoicesProps {
  /** The operation that gives groups. */
  readonly run: Need['run'];
  /** Returns its variables with some groups. */
  readonly variables: (groups: readonly string[]) => object;
}

/** The groups of a new user: those of the server's settings, or chosen ones. Nothing for viewers who may not choose. */
export function GroupChoices({ run, variables }: GroupChoicesProps) {
  const { data: groups = [] } = useGroups();
  const names = groups.map(({ name }) => name);
  const {
    data: given,
    error,
    refetch,
  } = useAllowed(
    `${names} by ${run}`,
    new Map(names.map((name) => [name, [{ run, variables: variables([name]) }]])),
  );
  const { data: defaults, isPending } = useDefaults();
  const [mode, setMode] = useState('default');
  const [ticked, setTicked] = useState<readonly string[]>([]);
  if (error || given === undefined || isPending)
    return <Unread error={error} onRetry={refetch} rows={2} />;
  if (given.length === 0) return null;
  return (
    <>
      <Select
        label="Groups"
        name={modeName}
        options={[
          { value: 'default', text: describe(defaults?.newUserGroups) },
          { value: chosen, text: 'Only these' },
        ]}
        value={mode}
        onChange={({ currentTarget }) => setMode(currentTarget.value)}
      />
      {mode === chosen && (
        <fieldset className="choices wide">
          <legend>Groups of the user</legend>
          {groups
            .filter(({ name }) => given.includes(name))
            .toSorted((one, other) => Number(isWidest(one)) - Number(isWidest(other)))
            .map((group) => (
              <label key={group.name} className="choice">
                <input
                  type="checkbox"
                  name={nameOf(group.name)}
                  onChange={({ currentTarget: { checked } }) =>
                    setTicked([
                      ...ticked.filter((each) => each !== group.name),
                      ...(checked ? [group.name] : []),
                    ])
                  }
                />
                <strong>{group.name}</strong>
                <span className={isWidest(group) ? 'warn' : undefined}>{group.description}</span>
              </label>
            ))}
          <p className="hint quiet" role="status">
            {ticked.length === 0 && 'No groups: this user can do only what everyone can.'}
          </p>
        </fieldset>
      )}
    </>
  );
}

/** Names the groups of the settings, for viewers who may read them. */
const describe = (groups: readonly string[] | undefined): string =>
  groups === undefined
    ? 'Those that the server gives to new users'
    : `As usual: ${groups.join(', ') || 'no group'}`;

/** Those who manage all others. */
const isWidest = ({ name }: GroupFacts): boolean => name === 'ADMIN';

const modeName = 'groups';
const chosen = 'chosen';
const nameOf = (group: string) => `group:${group}`;

/** Reads the groups that were chosen. Empty: those that the server gives to new users. */
export const readGroups = (
  read: (name: string) => string,
  groups: readonly { readonly name: string }[],
): { readonly groups?: string[] } =>
  read(modeName) === chosen
    ? { groups: groups.map(({ name }) => name).filter((name) => read(nameOf(name)) !== '') }
    : {};
