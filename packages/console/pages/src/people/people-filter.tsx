import { type ChangeEvent, useEffect, useRef } from 'react';
import { Field } from '../parts/field.tsx';
import { replaceQuery, useRoute } from '../route.ts';

/** How long typing must pause before the server is asked. */
const pauseMs = 250;

interface Filter {
  readonly search?: string | undefined;
  readonly disabled?: string | undefined;
}

/** The search for users, which the address keeps, so that it can be shared and comes back. */
export function PeopleFilter({ mayIncludeDisabled }: { readonly mayIncludeDisabled: boolean }) {
  const { query } = useRoute();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function change(filter: Filter): void {
    clearTimeout(timer.current);
    const { search = query.get('search') ?? '', disabled = query.get('disabled') ?? '' } = filter;
    replaceQuery({ search, disabled });
  }

  function type({ currentTarget: { value } }: ChangeEvent<HTMLInputElement>): void {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change({ search: value }), pauseMs);
  }

  return (
    <search className="filters">
      <Field
        label="Name"
        name="search"
        type="search"
        maxLength={200}
        autoComplete="off"
        defaultValue={query.get('search') ?? ''}
        onChange={type}
      />
      {mayIncludeDisabled && (
        <label className="choice">
          <input
            type="checkbox"
            checked={query.has('disabled')}
            onChange={({ currentTarget }) => change({ disabled: currentTarget.checked ? '1' : '' })}
          />
          Include disabled users
        </label>
      )}
    </search>
  );
}
