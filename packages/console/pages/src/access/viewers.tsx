import { useEffect, useRef, useState } from 'react';
import { changeQuery, useRoute } from '../route.ts';
import { moveLeft, toggleViewer, viewersName, viewersOf } from './viewer-order.ts';

/** Chooses which viewers have a column, and in which order. The address has their names. */
export function Viewers({ columns }: { readonly columns: readonly string[] }) {
  const shown = viewersOf(useRoute().query, columns) ?? columns;
  const order = [...shown, ...columns.filter((name) => !shown.includes(name))];
  const [done, setDone] = useState('');
  /** The first one goes to the end. */
  const toward = (name: string) => (name === shown[0] ? 'end' : 'left');
  const focused = useRef<HTMLElement>(null);
  // What moves in the page loses the focus.
  useEffect(() => focused.current?.focus(), [order.join()]);
  function show(next: readonly string[], element: HTMLElement, text: string): void {
    focused.current = element;
    setDone(text);
    changeQuery({ [viewersName]: next.join() === columns.join() ? undefined : next.join() });
  }
  return (
    <details className="viewers">
      <summary>
        Viewers: {shown.length === columns.length ? 'all' : `${shown.length} of`} {columns.length}
      </summary>
      <ul className="chips" aria-label="Columns">
        {order.map((name) => (
          <li key={name} className="chip">
            {shown.includes(name) && shown.length > 1 && (
              <button
                type="button"
                className="plain"
                aria-label={`Move ${name} to the ${toward(name)}`}
                title={`Move to the ${toward(name)}`}
                onClick={({ currentTarget }) => {
                  const next = moveLeft(shown, name);
                  const place = `column ${next.indexOf(name) + 1} of ${next.length}`;
                  show(next, currentTarget, `${name} is ${place}.`);
                }}
              >
                {toward(name) === 'end' ? '⇥' : '‹'}
              </button>
            )}
            <label className="choice">
              <input
                type="checkbox"
                checked={shown.includes(name)}
                onChange={({ currentTarget }) => show(toggleViewer(shown, name), currentTarget, '')}
              />
              {name}
            </label>
          </li>
        ))}
        {shown !== columns && (
          <li>
            <button type="button" onClick={({ currentTarget }) => show(columns, currentTarget, '')}>
              Show all
            </button>
          </li>
        )}
      </ul>
      <p className="hidden" role="status">
        {done}
      </p>
    </details>
  );
}
