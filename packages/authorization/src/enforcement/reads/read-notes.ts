import type { GraphQLResolveInfo } from 'graphql';
import type { AuditedPlace } from './audited-places.ts';
import { findPart } from './find-part.ts';

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

/** Objects whose paths differ in their keys alone. Without `keys`: the items of a list, by index. */
interface Siblings {
  readonly start: number;
  readonly sources: unknown[];
  readonly prev: Path | undefined;
  readonly typename: string | undefined;
  readonly keys: (string | number | undefined)[] | undefined;
}

/**
 * The objects of one compiled selection set. Their paths are made again where they are needed, which is for errors: a path
 * that is kept for each row costs more than all else.
 */
export class SelectionObjects {
  readonly #keys: readonly NotedKey[];
  readonly #parts: Siblings[] = [];
  readonly #excluded = new Map<string, Map<Path | undefined, Set<unknown>>>();
  #count = 0;

  constructor(keys: readonly NotedKey[]) {
    this.#keys = keys;
  }

  add(source: unknown, path: Path | undefined): void {
    const prev = path?.prev;
    const last = this.#parts.at(-1);
    this.#count += 1;
    if (last?.keys !== undefined && last.prev === prev) {
      last.sources.push(source);
      last.keys.push(path?.key);
      return;
    }
    const { typename } = path ?? {};
    const [sources, keys] = [[source], [path?.key]];
    this.#parts.push({ start: this.#count - 1, sources, prev, typename, keys });
  }

  /** Adds the items of the list at a path. */
  addItems(sources: unknown[], prev: Path): void {
    const [start, typename, keys] = [this.#count, undefined, undefined];
    this.#parts.push({ start, sources, prev, typename, keys });
    this.#count += sources.length;
  }

  /** Excludes the object at a path for a field. */
  exclude(field: string, path: Path | undefined): void {
    const byList = this.#excluded.get(field) ?? new Map();
    const keys = byList.get(path?.prev) ?? new Set();
    this.#excluded.set(field, byList.set(path?.prev, keys.add(path?.key)));
  }

  #pathAt(index: number): Path | undefined {
    const part = findPart(this.#parts, index);
    if (part === undefined) return undefined;
    const { prev, typename, keys, start } = part;
    const key = keys === undefined ? index - start : keys[index - start];
    return key === undefined ? undefined : { key, prev, typename };
  }

  /** Returns the objects by coordinate. */
  noted(): readonly NotedObjects[] {
    const [first, ...others] = this.#parts;
    const sources =
      others.length === 0 ? (first?.sources ?? []) : this.#parts.flatMap((each) => each.sources);
    const pathAt = (index: number) => this.#pathAt(index);
    return this.#keys.map((noted) => {
      const excluded = this.#excluded.get(noted.key);
      if (excluded === undefined) return { ...noted, sources, pathAt };
      const kept = [...sources.keys()].filter((index) => {
        const path = pathAt(index);
        return excluded.get(path?.prev)?.has(path?.key) !== true;
      });
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
