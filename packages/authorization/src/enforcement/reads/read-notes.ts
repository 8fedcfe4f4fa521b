import type { GraphQLResolveInfo } from 'graphql';
import type { AuditedPlace } from './audited-places.ts';

type Path = GraphQLResolveInfo['path'];

/** The reads of one audited coordinate, under one response key. Both arrays have the same indices. */
export class PlaceNotes {
  readonly place: AuditedPlace;
  readonly key: string;
  /** The objects that have the coordinate. */
  readonly sources: unknown[] = [];
  /** The paths of these objects. Undefined: the root. */
  readonly paths: (Path | undefined)[] = [];

  constructor(place: AuditedPlace, key: string) {
    this.place = place;
    this.key = key;
  }

  add(source: unknown, path: Path | undefined): void {
    const { place, paths } = this;
    // The fields of one object are read one after the other.
    if (place.isType && paths.length > 0 && paths[paths.length - 1] === path) return;
    this.sources.push(source);
    paths.push(path);
  }
}

/** What one execution has read of audited coordinates, whether its result holds it or not. */
export class ReadNotes<TContext> {
  readonly context: TContext;
  /** By the numbers of compiled selections. */
  readonly #bySlot: PlaceNotes[] = [];
  readonly #byPlace = new Map<AuditedPlace, Map<string, PlaceNotes>>();
  readonly #carriers = new Map<Path | undefined, unknown>();

  constructor(context: TContext) {
    this.context = context;
  }

  /** Returns the notes of a compiled selection. */
  atSlot(slot: number, place: AuditedPlace, key: string): PlaceNotes {
    const known = this.#bySlot[slot];
    if (known !== undefined) return known;
    const notes = this.at(place, key);
    this.#bySlot[slot] = notes;
    return notes;
  }

  /** Returns the notes of a place under a response key. Those of a type have all keys in common. */
  at(place: AuditedPlace, responseKey: string): PlaceNotes {
    const key = place.isType ? '' : responseKey;
    let byKey = this.#byPlace.get(place);
    if (byKey === undefined) {
      byKey = new Map();
      this.#byPlace.set(place, byKey);
    }
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const notes = new PlaceNotes(place, key);
    byKey.set(key, notes);
    return notes;
  }

  /** Keeps an object with an id, for audited objects without one below it. */
  carry(source: unknown, path: Path | undefined): void {
    this.#carriers.set(path, source);
  }

  /** Returns the object with an id at a path, that was kept for those below it. */
  carrierAt(path: Path | undefined): unknown {
    return this.#carriers.get(path);
  }

  /** Returns the notes in the order in which their places were first read. */
  all(): readonly PlaceNotes[] {
    return [...this.#byPlace.values()].flatMap((byKey) => [...byKey.values()]);
  }
}
