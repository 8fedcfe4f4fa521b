import type { OperationDefinitionNode } from 'graphql';
import type { NotedReads } from '../enforcement/reads/note-reads.ts';
import type { NotedKey } from '../enforcement/reads/read-notes.ts';
import type { Path, Run } from './run.ts';

/**
 * Notes the objects of one selection set of which audited properties are read. They are noted once, and not in each field:
 * an object of which a field is not read, but resolved or refused, is excluded for this field.
 */
export interface SelectionNotes {
  /** Adds a field whose property is read. */
  add(noted: NotedReads, key: string): void;
  /** Excludes the object whose fields are read for one of them. */
  exclude(key: string, run: Run): void;
  /** Returns what notes an object before its fields are read. Undefined: nothing is noted. */
  compile(): NoteObject | undefined;
}

type NoteObject = (source: unknown, path: Path | undefined, run: Run) => void;

/** @param slot the number of the selection set in its document. */
export function createSelectionNotes(
  operation: OperationDefinitionNode,
  slot: number,
): SelectionNotes {
  const keys: NotedKey[] = [];
  let carries = false;
  let notesOf: NotedReads['notesOf'] | undefined;

  return {
    add(noted, key) {
      keys.push(...noted.places.map((place) => ({ place, key })));
      carries ||= noted.carries;
      notesOf = noted.notesOf;
    },
    exclude: (key, { notes }) => notes?.selections[slot]?.exclude(key),
    compile() {
      if (notesOf === undefined) return undefined;
      const find = notesOf;
      return (source, path, run) => {
        if (run.notes === undefined) run.notes = find(run.contextValue, operation) ?? null;
        const { notes } = run;
        if (notes === null) return;
        const objects = notes.selections[slot] ?? notes.openSelection(slot, keys);
        objects.add(source, path);
        if (carries) notes.carry(source, path);
      };
    },
  };
}
