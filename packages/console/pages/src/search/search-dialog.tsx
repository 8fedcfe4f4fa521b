import { type FormEvent, useState } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/states.tsx';
import { useTyped } from '../parts/use-typed.ts';
import { useFound } from './use-found.ts';

/** Finds pages, groups, users, API clients and fields. The first one opens with the key Enter. */
export function SearchDialog({ onClose }: { readonly onClose: () => void }) {
  const [search, setSearch] = useState('');
  const { text, type } = useTyped('', setSearch);
  const { found, isReading, error } = useFound(search);
  const isCurrent = text === search && !isReading;

  function openFirst(event: FormEvent): void {
    event.preventDefault();
    const [first] = found;
    if (!isCurrent || first === undefined) return;
    onClose();
    window.location.hash = first.href;
  }

  return (
    <Dialog title="Search" onClose={onClose}>
      <form onSubmit={openFirst}>
        <Field
          label="Page, task, group, user, API client or field"
          name="everywhere"
          enterKeyHint="go"
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ currentTarget }) => type(currentTarget.value)}
        />
      </form>
      <Problem error={error} />
      <ul className="found" aria-label="Found">
        {found.map(({ kind, text: name, href }) => (
          <li key={`${kind} ${name}`}>
            <a href={href} onClick={onClose}>
              <bdi>{name}</bdi>
            </a>{' '}
            <span className="quiet">{kind}</span>
          </li>
        ))}
      </ul>
      <p className="quiet" role="status">
        {text.trim() !== '' &&
          isCurrent &&
          found.length === 0 &&
          'Nothing is called so, beside disabled users and what you may not open.'}
      </p>
    </Dialog>
  );
}
