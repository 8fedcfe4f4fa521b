import { type FormEvent, useContext, useId, useState } from 'react';
import { useData } from '../data.tsx';
import { Field } from '../parts/field.tsx';
import { MatrixDocument } from './access-documents.ts';
import { CoordinateHash, useAllowedView } from './views.tsx';

const maxSuggestions = 30;

/** Asks for a coordinate, and suggests those that contain what was typed. */
export function CoordinateForm({ coordinate }: { readonly coordinate: string }) {
  const [text, setText] = useState(coordinate);
  const suggestions = useSuggestions(text);
  const toCoordinateHash = useContext(CoordinateHash);
  const listId = useId();

  function show(event: FormEvent): void {
    event.preventDefault();
    window.location.hash = toCoordinateHash(text.trim());
  }

  return (
    <form className="filters coordinate" onSubmit={show}>
      <Field
        name="coordinate"
        label="Field, argument, input field or enum value"
        placeholder="User.email"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        list={listId}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <datalist id={listId}>
        {suggestions.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <button type="submit">Show</button>
    </form>
  );
}

/** Returns coordinates of the schema, if the viewer may read the matrix. */
function useSuggestions(text: string): readonly string[] {
  const isEnabled = useAllowedView('matrix');
  const { data } = useData(MatrixDocument, {}, { isEnabled, isKept: true });
  const typed = text.trim().toLowerCase();
  const found = data?.consoleMatrix.rows.filter(({ coordinate }) =>
    coordinate.toLowerCase().includes(typed),
  );
  return found?.slice(0, maxSuggestions).map(({ coordinate }) => coordinate) ?? [];
}
