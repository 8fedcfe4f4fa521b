import type { ChangeEvent } from 'react';
import { Field, Select } from '../parts/field.tsx';
import { useTyped } from '../parts/use-typed.ts';
import { changeQuery, useRoute } from '../route.ts';
import type { Permission } from './people-permissions.ts';

interface PeopleFilterProps {
  readonly may: readonly Permission[];
  readonly groups: readonly string[];
}

/**
 * What is listed, which the address keeps, so that it can be shared and comes back. The members of a group are a list of their
 * own: a search ends that choice.
 */
export function PeopleFilter({ may, groups }: PeopleFilterProps) {
  const { query } = useRoute();
  const { text, type, stop } = useTyped(query.get('search') ?? '', (search) =>
    changeQuery({ search, group: undefined }),
  );

  function choose({ currentTarget: { value } }: ChangeEvent<HTMLSelectElement>): void {
    stop();
    changeQuery({ search: text, state: value, group: undefined });
  }

  function chooseGroup({ currentTarget: { value } }: ChangeEvent<HTMLSelectElement>): void {
    stop();
    changeQuery({ group: value, search: undefined, state: undefined });
  }

  return (
    <search className="filters" aria-label="Users">
      <Field
        label={searchLabel(may)}
        name="search"
        type="search"
        maxLength={200}
        autoComplete="off"
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
      />
      {may.includes('disabled') && (
        <Select label="State" options={states} value={query.get('state') ?? ''} onChange={choose} />
      )}
      {may.includes('members') && (
        <Select
          label="Group"
          options={[{ value: '', text: 'Any' }, ...groups]}
          value={query.get('group') ?? ''}
          onChange={chooseGroup}
        />
      )}
    </search>
  );
}

const states = [
  { value: '', text: 'Active' },
  { value: 'disabled', text: 'Disabled' },
  { value: 'all', text: 'All' },
];

/** What the search finds for the viewer. */
const searchLabel = (may: readonly Permission[]): string =>
  anyOf.format([
    'Name',
    ...(may.includes('email') ? ['e-mail'] : []),
    ...(may.includes('id') ? ['id'] : []),
  ]);

const anyOf = new Intl.ListFormat('en-GB', { type: 'disjunction' });
