import type {
  ExecutionResult,
  FieldNode,
  GraphQLError,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from 'graphql';
import { getNullableType, isListType, isNonNullType, isObjectType } from 'graphql';
import { maxListedDenials } from '../calls/max-listed-denials.ts';
import type { IsCounted } from './counted-reads.ts';
import type { ReadNotes } from './read-notes.ts';
import type { Selections } from './selections-at.ts';
import { UnrecordedReadsError } from './unrecorded-reads-error.ts';

type Path = GraphQLResolveInfo['path'];
type Step = string | number;

/** A place of an answer whose value was not recorded, or that has such places inside. */
interface UnrecordedPlace {
  isUnrecorded: boolean;
  /** The name of the type of an object. */
  typeName: string | undefined;
  /** The path of the object. Undefined: the root. */
  path: Path | undefined;
  readonly inside: Map<Step, UnrecordedPlace>;
}

/** Finds the places of all counted reads: those of fields, and of objects whose type is audited. */
export function findUnrecorded(notes: ReadNotes<unknown>, isCounted: IsCounted): UnrecordedPlace {
  const root = createPlace();

  function at(path: Path | undefined): UnrecordedPlace {
    if (path === undefined) return root;
    const parent = at(path.prev);
    parent.typeName ??= path.typename;
    parent.path ??= path.prev;
    return placeIn(parent, path.key);
  }

  for (const read of notes.all()) {
    for (const index of read.sources.keys()) {
      if (isCounted?.(read, index) === false) continue;
      const path = read.pathAt(index);
      const object = at(path);
      object.typeName = read.place.typeName;
      object.path = path;
      const place = read.place.isType ? object : placeIn(object, read.key);
      place.isUnrecorded = true;
    }
  }
  return root;
}

const createPlace = (): UnrecordedPlace => ({
  isUnrecorded: false,
  typeName: undefined,
  path: undefined,
  inside: new Map(),
});

function placeIn(parent: UnrecordedPlace, step: Step): UnrecordedPlace {
  const known = parent.inside.get(step) ?? createPlace();
  parent.inside.set(step, known);
  return known;
}

/** The operation of an answer, and why its reads could not be recorded. */
interface AnsweredOperation {
  readonly schema: GraphQLSchema;
  readonly selections: Selections;
  readonly cause: unknown;
}

/** A value of a place that must not be null was removed: its parent is null. */
const bubbles = Symbol('bubbles');

/**
 * Returns an answer with null in place of each value that was not recorded, or of the nearest value above it that may be
 * null, as if the field had thrown an error (GraphQL specification, 6.4.4). The first {@link maxListedDenials} of these
 * errors are listed.
 */
export function removeUnrecordedReads(
  { data, errors = [], ...rest }: ExecutionResult,
  root: UnrecordedPlace,
  { schema, selections, cause }: AnsweredOperation,
): ExecutionResult {
  const added: GraphQLError[] = [];

  function complete(type: GraphQLOutputType, value: unknown, at: AnswerPlace): unknown {
    const completed = completeNullable(getNullableType(type), value, at);
    const isNulled = completed === bubbles || completed === null;
    return isNulled && isNonNullType(type) ? bubbles : isNulled ? null : completed;
  }

  function completeNullable(type: GraphQLOutputType, value: unknown, at: AnswerPlace): unknown {
    const { unrecorded, steps, nodes } = at;
    if (unrecorded.isUnrecorded) {
      if (added.length < maxListedDenials) {
        added.push(new UnrecordedReadsError({ cause, path: steps, nodes: [...nodes] }));
      }
      return null;
    }
    if (isListType(type) && Array.isArray(value)) {
      const values: readonly unknown[] = value;
      const items = values.map((item, index) => {
        const inside = unrecorded.inside.get(index);
        const place = inside && { unrecorded: inside, steps: [...steps, index], nodes };
        return place === undefined ? item : complete(type.ofType, item, place);
      });
      return items.includes(bubbles) ? bubbles : items;
    }
    return completeObject(value, unrecorded, steps);
  }

  function completeObject(
    value: unknown,
    { typeName, path, inside }: UnrecordedPlace,
    steps: readonly Step[],
  ): unknown {
    const type = schema.getType(typeName ?? '');
    if (typeof value !== 'object' || value === null || !isObjectType(type)) return null;
    const fields = selections.fieldsAt(path, type.name);
    const completed = new Map<string, unknown>(Object.entries(value));
    for (const [key, place] of inside) {
      const nodes = fields.get(String(key)) ?? [];
      const field = type.getFields()[nodes[0]?.name.value ?? ''];
      if (field === undefined) return bubbles;
      const at = { unrecorded: place, steps: [...steps, key], nodes };
      const kept = complete(field.type, completed.get(String(key)), at);
      if (kept === bubbles) return bubbles;
      completed.set(String(key), kept);
    }
    return Object.fromEntries(completed);
  }

  const kept = completeObject(data, root, []);
  const isKept = typeof kept === 'object' && kept !== null;
  return { ...rest, errors: [...errors, ...added], data: isKept ? { ...kept } : null };
}

interface AnswerPlace {
  readonly unrecorded: UnrecordedPlace;
  readonly steps: readonly Step[];
  readonly nodes: readonly FieldNode[];
}
