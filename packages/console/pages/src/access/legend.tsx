import { Outcome } from './marked.tsx';
import { toWords } from './words.ts';

const examples = [
  'yes',
  'all',
  'no',
  'POLICY',
  'rows: POLICY',
  'exists: TYPE',
  'yes, 900 s',
  'yes, 2 factors',
  'readable',
] as const;

/** How a matrix is read, and what else its readers must know. Notes have `**` around names. */
export const Legend = ({ notes }: { readonly notes: readonly string[] }) => (
  <details className="legend">
    <summary>How to read this</summary>
    <dl className="facts">
      {examples.map((text) => (
        <div key={text}>
          <dt>
            <Outcome text={text} />
          </dt>
          <dd>{toWords(text).full}</dd>
        </div>
      ))}
    </dl>
    <p>
      An anonymous viewer has no session, an authenticated one is in no group, and each other column
      is a viewer in only that group. An empty cell has no requirement beyond access to the type,
      field or argument that it belongs to. The sign ⊃ stands before a group that an earlier column
      implies.
    </p>
    {notes.map((note) => (
      <p key={note}>{note.replaceAll('**', '')}</p>
    ))}
  </details>
);
