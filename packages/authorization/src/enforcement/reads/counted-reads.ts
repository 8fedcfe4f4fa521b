import type { ExecutionResult, GraphQLResolveInfo } from 'graphql';
import { responsePathAsArray } from 'graphql';
import type { AuditedPlaces } from './audited-places.ts';
import type { AuditedRead } from './delivery.ts';
import type { NotedObjects, ReadNotes } from './read-notes.ts';

type Path = GraphQLResolveInfo['path'];

/** Whether an answer holds a noted read. Undefined: it holds all. */
export type IsCounted = ((notes: NotedObjects, index: number) => boolean) | undefined;

/** An answer, and the errors of the execution that it was made of. */
interface CountedAnswer {
  readonly data: ExecutionResult['data'];
  readonly errors: ExecutionResult['errors'];
}

/**
 * Creates the check whether an answer holds a read. Null is held too, unless it replaces an error. Without errors, an
 * answer holds everything that its execution has read.
 */
export function createIsCounted({ data, errors = [] }: CountedAnswer): IsCounted {
  if (!data) return () => false;
  if (errors.length === 0) return undefined;
  const failed = new Set(errors.flatMap(({ path = [] }) => prefixesOf(path)));

  return (noted, index) => {
    const { key } = noted;
    const path = noted.pathAt(index);
    const steps = path === undefined ? [] : responsePathAsArray(path);
    const object = steps.reduce(propertyOf, data);
    const isHeld = (name: string): boolean => {
      const value = propertyOf(object, name);
      return (
        value !== undefined && (value !== null || !failed.has(JSON.stringify([...steps, name])))
      );
    };
    return isHeld(key);
  };
}

/** Returns the places that an error at a path can have replaced with null. */
const prefixesOf = (path: readonly (string | number)[]): readonly string[] =>
  path.map((_step, index) => JSON.stringify(path.slice(0, index + 1)));

const propertyOf = (value: unknown, name: string | number): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

interface Read {
  readonly coordinate: string;
  readonly reason?: string;
  readonly type?: string;
  readonly ids: Set<string>;
}

/**
 * Returns the reads that an answer holds.
 *
 * @throws {Error} when an object has no id that can be recorded.
 */
export function toAuditedReads(
  notes: ReadNotes<unknown>,
  isCounted: IsCounted,
  places: AuditedPlaces,
): readonly AuditedRead[] {
  const reads = new Map<string, Read>();

  function idsOf({ place: { coordinate, reason } }: NotedObjects, type?: string): Set<string> {
    const key = `${coordinate} ${type}`;
    const known = reads.get(key);
    if (known !== undefined) return known.ids;
    const ids = new Set<string>();
    const parts = { ...(reason !== undefined && { reason }), ...(type !== undefined && { type }) };
    reads.set(key, { coordinate, ...parts, ids });
    return ids;
  }

  /** Adds the reads of objects without an id of their own. */
  function addCarried(read: NotedObjects): void {
    for (const index of read.sources.keys()) {
      if (isCounted?.(read, index) === false) continue;
      const carrier = carrierOf(read.pathAt(index), places);
      const ids = idsOf(read, carrier?.typename);
      const readId = carrier && places.idOf(carrier.typename);
      if (readId !== undefined) ids.add(readId(notes.carrierAt(carrier?.path)));
    }
  }

  // The objects of a type are noted for each of its fields.
  const known = new Set<readonly unknown[]>();
  for (const read of notes.all()) {
    const { typeName } = read.place;
    const readId = places.idOf(typeName);
    if (readId === undefined) {
      addCarried(read);
      continue;
    }
    const { sources } = read;
    const isKnown = read.place.isType && isCounted === undefined && known.has(sources);
    const counted =
      isCounted === undefined ? sources : sources.filter((_source, at) => isCounted(read, at));
    if (counted.length === 0 || isKnown) continue;
    if (read.place.isType) known.add(sources);
    const ids = idsOf(read, typeName);
    for (const source of counted) ids.add(readId(source));
  }
  return [...reads.values()].map((read) => ({ ...read, ids: [...read.ids] }));
}

/** Returns the type and the path of the nearest object above a path that has an id. */
function carrierOf(path: Path | undefined, { idOf }: AuditedPlaces) {
  for (let each = path; each !== undefined; each = each.prev) {
    const { typename, prev } = each;
    if (typename !== undefined && idOf(typename) !== undefined) return { typename, path: prev };
  }
  return undefined;
}
