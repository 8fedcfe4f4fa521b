import type { OperationDefinitionNode } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import type { NotedReads } from '../enforcement/reads/note-reads.ts';
import type { NotedKey, SelectionObjects } from '../enforcement/reads/read-notes.ts';
import type { Path, Run } from './run.ts';

/** Notes the objects of one selection set. */
export interface NoteObjects {
  /** Notes an object before its fields are read. */
  one(source: unknown, path: Path | undefined, run: Run): void;
  /** Notes the items of the list at a path at once. Returns them, or undefined where each has to be noted. */
  all(items: readonly unknown[], path: Path, run: Run): readonly unknown[] | undefined;
}

/**
 * Notes the objects of one selection set of which audited properties are read. They are noted once, and not in each field:
 * an object of which a field is not read, but resolved or refused, is excluded for this field.
 */
export interface SelectionNotes {
  /** Adds a field whose property is read. */
  add(noted: NotedReads, key: string): void;
  /** Excludes the object at a path for a field. */
  exclude(key: string, path: Path | undefined, run: Run): void;
  /** Returns what notes the objects. Undefined: the selections have no audited field. */
  compile(): NoteObjects | undefined;
}

/** @param slot the number of the selection set in its document. */
export function createSelectionNotes(
  operation: OperationDefinitionNode,
  slot: number,
): SelectionNotes {
  const keys: NotedKey[] = [];
  let carries = false;
  let notesOf: NotedReads['notesOf'] | undefined;

  function objectsOf(run: Run): SelectionObjects | undefined {
    if (run.notes === undefined) run.notes = notesOf?.(run.contextValue, operation) ?? null;
    const { notes } = run;
    return notes === null ? undefined : (notes.selections[slot] ?? notes.openSelection(slot, keys));
  }

  return {
    add(noted, key) {
      keys.push(...noted.places.map((place) => ({ place, key })));
      carries ||= noted.carries;
      notesOf = noted.notesOf;
    },
    exclude: (key, path, { notes }) => notes?.selections[slot]?.exclude(key, path),
    compile() {
      if (notesOf === undefined) return undefined;
      return {
        one(source, path, run) {
          objectsOf(run)?.add(source, path);
          if (carries) run.notes?.carry(source, path);
        },
        all(items, path, run) {
          if (carries || !items.every(isObject)) return undefined;
          const sources = items.slice();
          objectsOf(run)?.addItems(sources, path);
          return sources;
        },
      };
    },
  };
}

const isObject = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && !isPromise(item);
