import type { FormEvent } from 'react';
import { MorePeople } from '../access/more-people.tsx';
import { Field } from '../parts/field.tsx';
import { PersonName } from '../parts/person-name.tsx';
import { Failed } from '../parts/states.tsx';
import { useText } from '../parts/use-typed.ts';
import { changeQuery, toHash, useRoute } from '../route.ts';
import { useFound } from './use-found.ts';

interface ChooseActorProps {
  readonly choice: 'actor' | 'subject';
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Finds a person or a program by its name. Ids, also of other records, are taken as they are. */
export function ChooseActor({ choice }: ChooseActorProps) {
  const { query } = useRoute();
  const search = query.get('search');
  const [typed, setTyped] = useText(search ?? query.get(choice) ?? '');

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const text = typed.trim();
    const isId = uuidPattern.test(text);
    changeQuery({ by: choice, search: isId ? undefined : text, ...(isId && { [choice]: text }) });
  }

  return (
    <>
      <form className="filters" onSubmit={submit}>
        <Field
          label="Name or id"
          name="search"
          type="search"
          required
          maxLength={200}
          autoComplete="off"
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <button type="submit">Search</button>
      </form>
      {search && <Found choice={choice} search={search} />}
    </>
  );
}

/** The people and programs with the name, as links to their records. */
function Found({ choice, search }: ChooseActorProps & { readonly search: string }) {
  const { query } = useRoute();
  const { found, users, isLoading, error, refetch } = useFound(search);
  if (error) return <Failed error={error} onRetry={refetch} />;
  if (isLoading) return null; // The page shows that it waits.
  if (found.length === 0 && users?.isComplete !== false) {
    return <p role="status">No user or API client has this name.</p>;
  }
  const { when, since, until, live } = Object.fromEntries(query);
  return (
    <>
      <ul className="found" aria-label="Users and API clients that were found">
        {found.map(({ id, ...named }) => (
          <li key={id}>
            <a
              href={toHash(['log'], { [choice]: id, search, when, since, until, live })}
              aria-current={id === query.get(choice) ? 'true' : undefined}
            >
              <PersonName person={named} />
            </a>
          </li>
        ))}
      </ul>
      <MorePeople {...(users && { users })} />
    </>
  );
}
