import type { GraphQLResolveInfo } from 'graphql';
import type { AuditedPlace } from './audited-places.ts';

type Path = GraphQLResolveInfo['path'];

/** An audited coordinate under one response key. */
export interface NotedKey {
  readonly place: AuditedPlace;
  readonly key: string;
}

/** The objects of which an audited coordinate was read. */
export interface NotedObjects extends NotedKey {
  readonly sources: readonly unknown[];
  /** Returns the path of an object by its index. Undefined: the root. */
  pathAt(index: number): Path | undefined;
}

/** Objects in a row whose paths differ in their keys alone. */
interface PathRun {
  readonly start: number;
  readonly prev: Path | undefined;
  readonly typename: string | undefined;
}

/**
 * The objects of one compiled selection set. Their paths are made again where they are needed, which is for errors: a path
 * that is kept for each row costs more than all else.
 */
class SelectionObjects {
  readonly sources: unknown[] = [];
  readonly #pathKeys: (string | number | undefined)[] = [];
  readonly #runs: PathRun[] = [];
  readonly #keys: readonly NotedKey[];
  readonly #excluded = new Map<string, Set<number>>();
  #prev: Path | undefined | null = null;

  constructor(keys: readonly NotedKey[]) {
    this.#keys = keys;
  }

  add(source: unknown, path: Path | undefined): void {
    const prev = path?.prev;
    if (prev !== this.#prev) {
      this.#prev = prev;
      this.#runs.push({ start: this.sources.length, prev, typename: path?.typename });
    }
    this.sources.push(source);
    this.#pathKeys.push(path?.key);
  }

  /** Excludes the last object for a field. */
  exclude(key: string): void {
    const indices = this.#excluded.get(key) ?? new Set();
    this.#excluded.set(key, indices.add(this.sources.length - 1));
  }

  #pathAt(index: number): Path | undefined {
    const key = this.#pathKeys[index];
    const run = this.#runs.findLast(({ start }) => start <= index);
    return run === undefined || key === undefined
      ? undefined
      : { key, prev: run.prev, typename: run.typename };
  }

  /** Returns the objects by coordinate. */
  noted(): readonly NotedObjects[] {
    const { sources } = this;
    const pathAt = (index: number) => this.#pathAt(index);
    return this.#keys.map((noted) => {
      const excluded = this.#excluded.get(noted.key);
      if (excluded === undefined) return { ...noted, sources, pathAt };
      const kept = [...sources.keys()].filter((index) => !excluded.has(index));
      return {
        ...noted,
        sources: kept.map((index) => sources[index]),
        pathAt: (index: number) => pathAt(kept[index] ?? 0),
      };
    });
  }
}

/** The calls of resolvers of one audited coordinate, under one response key. */
class CalledObjects implements NotedObjects {
  readonly place: AuditedPlace;
  readonly key: string;
  readonly sources: unknown[] = [];
  readonly #paths: (Path | undefined)[] = [];

  constructor({ place, key }: NotedKey) {
    this.place = place;
    this.key = key;
  }

  add(source: unknown, path: Path | undefined): void {
    this.sources.push(source);
    this.#paths.push(path);
  }

  pathAt(index: number): Path | undefined {
    return this.#paths[index];
  }
}

/** What one execution has read of audited coordinates, whether its result holds it or not. */
export class ReadNotes<TContext> {
  readonly context: TContext;
  /** By the numbers of compiled selection sets. */
  readonly selections: SelectionObjects[] = [];
  readonly #called = new Map<AuditedPlace, Map<string, CalledObjects>>();
  readonly #carriers = new Map<Path | undefined, unknown>();

  constructor(context: TContext) {
    this.context = context;
  }

  openSelection(slot: number, keys: readonly NotedKey[]): SelectionObjects {
    const objects = new SelectionObjects(keys);
    this.selections[slot] = objects;
    return objects;
  }

  /** Notes the call of the resolver of a field of the object at a path. */
  call(noted: NotedKey, source: unknown, path: Path | undefined): void {
    const { place, key } = noted;
    let byKey = this.#called.get(place);
    if (byKey === undefined) {
      byKey = new Map();
      this.#called.set(place, byKey);
    }
    const objects = byKey.get(key) ?? new CalledObjects(noted);
    byKey.set(key, objects);
    objects.add(source, path);
  }

  /** Keeps an object with an id, for audited objects without one below it. */
  carry(source: unknown, path: Path | undefined): void {
    this.#carriers.set(path, source);
  }

  /** Returns the object with an id at a path, that was kept for those below it. */
  carrierAt(path: Path | undefined): unknown {
    return this.#carriers.get(path);
  }

  /** Returns what was noted: first of compiled selections, in their order, and then of resolvers. */
  all(): readonly NotedObjects[] {
    const selected = this.selections.flatMap((objects) => objects.noted());
    const called = [...this.#called.values()].flatMap((byKey) => [...byKey.values()]);
    return [...selected, ...called];
  }
}
