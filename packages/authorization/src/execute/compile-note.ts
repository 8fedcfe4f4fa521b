import type { NotedReads } from '../enforcement/reads/note-reads.ts';
import type { Field } from './field.ts';
import type { Path, Run } from './run.ts';

/** Notes the read of a property. Returns false where the resolver has to refuse it. */
type Note = (source: unknown, prev: Path | undefined, run: Run) => boolean;

/** Compiles the notes of audited reads. Paths are kept, and not written: most answers have no errors. */
export function compileNote({ scope, key, objectSlot }: Field, noted: NotedReads): Note {
  const { operation } = scope;
  const places = noted.places.map((place) => ({
    place,
    slot: place.isType ? objectSlot : scope.nextSlot(),
  }));
  return (source, prev, run) => {
    run.notes ??= noted.notesOf(run.contextValue, operation);
    const { notes } = run;
    if (notes === undefined) return places.length === 0;
    for (const { place, slot } of places) notes.atSlot(slot, place, key).add(source, prev);
    if (noted.carries) notes.carry(source, prev);
    return true;
  };
}
