import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import { Field } from '../parts/field.tsx';
import { changeQuery, useRoute } from '../route.ts';

/** How long typing must pause before the server is asked. */
const pauseMs = 250;

/** The search for users, which the address keeps, so that it can be shared and comes back. */
export function PeopleFilter({ mayIncludeDisabled }: { readonly mayIncludeDisabled: boolean }) {
  const { query } = useRoute();
  const [text, setText] = useTyped(query.get('search') ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function type({ currentTarget: { value } }: ChangeEvent<HTMLInputElement>): void {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => changeQuery({ search: value }), pauseMs);
  }

  function include({ currentTarget: { checked } }: ChangeEvent<HTMLInputElement>): void {
    clearTimeout(timer.current);
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
        onChange={type}
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

/** A text that is typed. It follows the address when that changes, such as by a link or the way back. */
function useTyped(inAddress: string) {
  const [typed, setTyped] = useState({ text: inAddress, inAddress });
  if (typed.inAddress !== inAddress) setTyped({ text: inAddress, inAddress });
  return [typed.text, (text: string) => setTyped({ text, inAddress })] as const;
}
