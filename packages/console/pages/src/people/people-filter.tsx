import type { ChangeEvent } from 'react';
import { Field } from '../parts/field.tsx';
import { useTyped } from '../parts/use-typed.ts';
import { changeQuery, useRoute } from '../route.ts';

/** The search for users, which the address keeps, so that it can be shared and comes back. */
export function PeopleFilter({ mayIncludeDisabled }: { readonly mayIncludeDisabled: boolean }) {
  const { query } = useRoute();
  const { text, type, stop } = useTyped(query.get('search') ?? '', (search) =>
    changeQuery({ search }),
  );

  function include({ currentTarget: { checked } }: ChangeEvent<HTMLInputElement>): void {
    stop();
    changeQuery({ search: text, disabled: checked ? 'yes' : undefined });
  }

  return (
    <search className="filters" aria-label="Users">
      <Field
        label="Name"
        name="search"
        type="search"
        maxLength={200}
        autoComplete="off"
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
      />
      {mayIncludeDisabled && (
        <label className="choice">
          <input type="checkbox" checked={query.has('disabled')} onChange={include} />
          Include disabled users
        </label>
      )}
    </search>
  );
}
