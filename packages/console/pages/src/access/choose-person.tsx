import type { FormEvent } from 'react';
import { useData } from '../data.tsx';
import type { FindPeopleQuery } from '../generated/graphql.ts';
import { Field } from '../parts/field.tsx';
import { PersonName } from '../parts/person-name.tsx';
import { Refused } from '../parts/refused.tsx';
import { Empty, Failed, Loading, Unread } from '../parts/states.tsx';
import { changeQuery, toHash, useRoute } from '../route.ts';
import { FindPeopleDocument, PersonGroupsDocument } from './access-documents.ts';
import { MorePeople } from './more-people.tsx';
import { type Shown, Viewed } from './viewed.tsx';
import { needs, useAllowedView } from './views.tsx';

/** Asks for a name. It is in the address, and what it finds is shown by {@link PersonPart}. */
export function SearchPerson() {
  const search = useSearch();
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get('search');
    changeQuery({ search: String(text ?? '').trim() });
  }
  return (
    <form className="filters" onSubmit={submit}>
      <Field name="search" label="Name" type="search" required defaultValue={search} />
      <button type="submit">Search</button>
    </form>
  );
}

const useSearch = (): string => useRoute().query.get('search') ?? '';

interface ChosenProps {
  readonly id: string | null;
  readonly shown: Shown;
}

/** The people who were found, and what the chosen one can access. */
export function PersonPart({ id, shown }: ChosenProps) {
  const search = useSearch();
  const maySearch = useAllowedView('search');
  const isEnabled = maySearch && search !== '';
  const { data, error, isLoading, refetch } = useData(
    FindPeopleDocument,
    { search },
    { isEnabled },
  );
  if (error) return <Failed error={error} onRetry={refetch} />;
  if (isLoading) return <Loading rows={14} />;
  return (
    <>
      {isEnabled && data !== undefined && <FoundPeople found={data} chosen={id} />}
      <PersonView id={id} shown={shown} />
    </>
  );
}

interface FoundPeopleProps {
  readonly found: FindPeopleQuery;
  readonly chosen: string | null;
}

/** Links to what people can access. */
function FoundPeople({ found: data, chosen }: FoundPeopleProps) {
  const { page = 'access', path, query } = useRoute();
  const people = data.users.edges.map(({ node }) => node);
  if (people.length === 0 && data.users.isComplete) {
    return <p role="status">No user has this name.</p>;
  }
  return (
    <>
      <ul className="people" aria-label="Users who were found">
        {people.map((person) => (
          <li key={person.id}>
            <a
              href={toHash([page, ...path], { ...Object.fromEntries(query), person: person.id })}
              aria-current={person.id === chosen ? 'true' : undefined}
            >
              <PersonName person={person} />
            </a>
          </li>
        ))}
      </ul>
      <MorePeople users={data.users} />
    </>
  );
}

/** What a person can access by the groups that it has now. */
function PersonView({ id, shown }: ChosenProps) {
  const isEnabled = useAllowedView('person');
  if (!isEnabled) {
    return (
      <Refused needs={needs.get('person') ?? []}>
        Your groups may not read the groups of users.
      </Refused>
    );
  }
  if (id === null) return <Empty>Search a user to see what it can access.</Empty>;
  return <Person key={id} id={id} shown={shown} />;
}

function Person({ id, shown }: ChosenProps & { readonly id: string }) {
  const { data, error, refetch } = useData(PersonGroupsDocument, { id });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={14} />;
  const { user } = data;
  if (user === null) return <Empty>There is no such user.</Empty>;
  return (
    <div className="stack">
      <h2>
        <PersonName person={user} />
      </h2>
      {user.disabledAt === null ? (
        <Viewed groups={user.groups} shown={shown} />
      ) : (
        <Empty>This user is disabled, and reaches only what is open to everyone.</Empty>
      )}
    </div>
  );
}
