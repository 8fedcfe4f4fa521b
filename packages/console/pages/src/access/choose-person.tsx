import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { fetchData, useData } from '../data.tsx';
import { gatehouse } from '../gatehouse.ts';
import { Field } from '../parts/field.tsx';
import { Empty, Failed, Loading, Refused } from '../parts/states.tsx';
import { toHash } from '../route.ts';
import { FindPeopleDocument, PersonGroupsDocument } from './access-documents.ts';
import { Viewed } from './viewed.tsx';

/** Searches people. Those found are links to what they can access. */
export function ChoosePerson() {
  const [search, setSearch] = useState('');
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    setSearch(String(new FormData(event.currentTarget).get('search') ?? '').trim());
  }
  return (
    <div className="stack">
      <form className="filters" onSubmit={submit}>
        <Field name="search" label="Name" type="search" required />
        <button type="submit">Search</button>
      </form>
      {search !== '' && <Found search={search} />}
    </div>
  );
}

function Found({ search }: { readonly search: string }) {
  const { data, error, refetch } = useData(FindPeopleDocument, { search });
  if (error) return <Failed error={error} onRetry={refetch} />;
  if (data === undefined) return <Loading rows={1} />;
  const people = data.users.edges.map(({ node }) => node);
  if (people.length === 0) return <p role="status">No person has this name.</p>;
  return (
    <ul className="tags" aria-label="People who were found">
      {people.map(({ id, username, displayName }) => (
        <li key={id}>
          <a href={toHash(['access', 'view'], { as: 'person', person: id })}>{displayName}</a>{' '}
          <span className="quiet">{username}</span>
        </li>
      ))}
    </ul>
  );
}

/** What a person can access by the groups that it has now. */
export function PersonView({ id }: { readonly id: string | null }) {
  const { data, error, refetch } = usePerson(id);
  if (id === null) return <Empty>Search a person to see what it can access.</Empty>;
  if (error) return <Failed error={error} onRetry={refetch} />;
  if (data === undefined) return <Loading rows={14} />;
  if (data === 'denied')
    return <Refused>Your groups may not read the groups of this person.</Refused>;
  const { user } = data;
  if (user === null) return <Empty>There is no such person.</Empty>;
  return (
    <>
      <h2>
        {user.displayName} <span className="quiet">{user.username}</span>
      </h2>
      <Viewed groups={user.groups} />
    </>
  );
}

/** Reads a person, if the viewer may: that can depend on the person. */
const usePerson = (id: string | null) =>
  useQuery({
    queryKey: ['person with groups', id],
    enabled: id !== null,
    async queryFn() {
      const variables = { id: id ?? '' };
      const outcome = await gatehouse.ask(PersonGroupsDocument, variables);
      return outcome === 'denied' ? 'denied' : fetchData(PersonGroupsDocument, variables);
    },
  });
