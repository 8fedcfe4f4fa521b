import { Access } from './marked.tsx';

const marks = [
  { access: 'yes', means: 'open. “all”: with every row of a list.' },
  { access: 'no', means: 'closed.' },
  {
    access: 'SELF',
    means:
      'open on conditions: the policies that must admit the viewer. “rows”: only the rows that these policies admit. “exists”: the values that the rules of their types leave. “900 s”, “2 factors”: after a proof of identity that is at most so old, or of so many kinds.',
  },
  { access: 'readable', means: 'an enum value that fields return, and clients must not supply.' },
] as const;

/** How a matrix is read, and what else its readers must know. Notes have `**` around names. */
export const Legend = ({ notes }: { readonly notes: readonly string[] }) => (
  <details className="legend">
    <summary>How to read this</summary>
    <dl className="facts">
      {marks.map(({ access, means }) => (
        <div key={access}>
          <dt>
            <Access access={access} />
          </dt>
          <dd>{means}</dd>
        </div>
      ))}
    </dl>
    <p>
      An anonymous viewer has no session, an authenticated one is in no group, and each other column
      is a viewer in only that group. What is as its parent has no requirement beyond access to the
      type, field or argument that it belongs to.
    </p>
    {notes.map((note) => (
      <p key={note}>{note.replaceAll('**', '')}</p>
    ))}
  </details>
);
