import type { ReactNode } from 'react';
import { useData } from '../data.tsx';
import { MatrixNotesDocument } from './access-documents.ts';
import { useAllowedView } from './views.tsx';

interface MatrixNotesProps {
  readonly groups: readonly string[];
  /** Shown with notes alone. */
  readonly children?: ReactNode;
}

/** What else readers must know of some groups, such as the factors that they ask for. */
export function MatrixNotes({ groups, children }: MatrixNotesProps) {
  const isEnabled = useAllowedView('matrix');
  const { data } = useData(MatrixNotesDocument, {}, { isEnabled, isKept: true });
  const notes = data?.consoleMatrix.notes.filter((note) =>
    groups.some((group) => note.includes(`**${group}**`)),
  );
  if (notes === undefined || notes.length === 0) return null;
  return (
    <>
      {notes.map((note) => (
        <p key={note} className="quiet">
          {note.replaceAll('**', '')}
        </p>
      ))}
      {children}
    </>
  );
}
