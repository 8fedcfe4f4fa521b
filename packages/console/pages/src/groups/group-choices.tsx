import { useState } from 'react';
import { Select } from '../parts/field.tsx';
import { Unread } from '../parts/states.tsx';
import { type Need, useAllowed } from '../use-allowed.ts';
import { useGroups } from './use-groups.ts';

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
  const [mode, setMode] = useState('default');
  if (error || given === undefined) return <Unread error={error} onRetry={refetch} rows={2} />;
  if (given.length === 0) return null;
  return (
    <>
      <Select
        label="Groups"
        name={modeName}
        options={[
          { value: 'default', text: 'Those that the server gives to new users' },
          { value: chosen, text: 'Only these' },
        ]}
        value={mode}
        onChange={({ currentTarget }) => setMode(currentTarget.value)}
      />
      {mode === chosen && (
        <fieldset>
          <legend>Groups of the user</legend>
          {given.map((name) => (
            <label key={name} className="choice">
              <input type="checkbox" name={nameOf(name)} />
              {name}
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}

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
