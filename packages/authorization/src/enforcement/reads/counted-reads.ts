import type { ExecutionResult, GraphQLResolveInfo } from 'graphql';
import { responsePathAsArray, TypeNameMetaFieldDef } from 'graphql';
import type { AuditedPlaces } from './audited-places.ts';
import type { AuditedRead } from './delivery.ts';
import type { PlaceNotes, ReadNotes } from './read-notes.ts';
import type { Selections } from './selections-at.ts';

type Path = GraphQLResolveInfo['path'];

/** Whether an answer holds a noted read. */
export type IsCounted = (notes: PlaceNotes, index: number) => boolean;

/** An answer, and the errors of the execution that it was made of. */
interface CountedAnswer {
  readonly data: ExecutionResult['data'];
  readonly errors: ExecutionResult['errors'];
}

/**
 * Creates the check whether an answer holds a read. Null is held too, unless it replaces an error. Without errors, an
 * answer holds everything that its execution has read.
 */
export function createIsCounted(
  { data, errors = [] }: CountedAnswer,
  { fieldsAt }: Selections,
): IsCounted {
  if (!data) return () => false;
  if (errors.length === 0) return () => true;
  const failed = new Set(errors.flatMap(({ path = [] }) => prefixesOf(path)));

  return ({ place, key, paths }, index) => {
    const path = paths[index];
    const steps = path === undefined ? [] : responsePathAsArray(path);
    const object = steps.reduce(propertyOf, data);
    const isHeld = (name: string): boolean => {
      const value = propertyOf(object, name);
      return (
        value !== undefined && (value !== null || !failed.has(JSON.stringify([...steps, name])))
      );
    };
    if (!place.isType) return isHeld(key);
    const fields = [...fieldsAt(path, place.typeName)];
    return fields.some(
      ([name, [{ name: field }]]) => field.value !== TypeNameMetaFieldDef.name && isHeld(name),
    );
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

  function idsOf({ place: { coordinate, reason } }: PlaceNotes, type?: string): Set<string> {
    const key = `${coordinate} ${type}`;
    const known = reads.get(key);
    if (known !== undefined) return known.ids;
    const ids = new Set<string>();
    const parts = { ...(reason !== undefined && { reason }), ...(type !== undefined && { type }) };
    reads.set(key, { coordinate, ...parts, ids });
    return ids;
  }

  /** Adds the reads of objects without an id of their own. */
  function addCarried(read: PlaceNotes): void {
    for (const [index, path] of read.paths.entries()) {
      if (!isCounted(read, index)) continue;
      const carrier = carrierOf(path, places);
      const ids = idsOf(read, carrier?.typename);
      const readId = carrier && places.idOf(carrier.typename);
      if (readId !== undefined) ids.add(readId(notes.carrierAt(carrier?.path)));
    }
  }

  for (const read of notes.all()) {
    const { typeName } = read.place;
    const readId = places.idOf(typeName);
    if (readId === undefined) {
      addCarried(read);
      continue;
    }
    let ids: Set<string> | undefined;
    const { sources } = read;
    for (let index = 0; index < sources.length; index += 1) {
      if (!isCounted(read, index)) continue;
      ids ??= idsOf(read, typeName);
      ids.add(readId(sources[index]));
    }
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
