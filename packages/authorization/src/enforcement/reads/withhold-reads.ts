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

/** A place of an answer that is withheld, or that has such places below it. */
interface Withheld {
  isWhole: boolean;
  /** That of an object. */
  typeName: string | undefined;
  /** That of the object. */
  path: Path | undefined;
  readonly below: Map<Step, Withheld>;
}

/** Finds the places of all counted reads: those of fields, and of objects whose type is audited. */
export function findWithheld(notes: ReadNotes<unknown>, isCounted: IsCounted): Withheld {
  const root = createWithheld();

  function at(path: Path | undefined): Withheld {
    if (path === undefined) return root;
    const above = at(path.prev);
    above.typeName ??= path.typename;
    above.path ??= path.prev;
    return below(above, path.key);
  }

  for (const read of notes.all()) {
    for (const index of read.sources.keys()) {
      if (isCounted?.(read, index) === false) continue;
      const path = read.pathAt(index);
      const object = at(path);
      object.typeName = read.place.typeName;
      object.path = path;
      const place = read.place.isType ? object : below(object, read.key);
      place.isWhole = true;
    }
  }
  return root;
}

const createWithheld = (): Withheld => ({
  isWhole: false,
  typeName: undefined,
  path: undefined,
  below: new Map(),
});

function below(above: Withheld, step: Step): Withheld {
  const known = above.below.get(step) ?? createWithheld();
  above.below.set(step, known);
  return known;
}

/** The operation whose answer is withheld in part. */
interface WithheldOperation {
  readonly schema: GraphQLSchema;
  readonly selections: Selections;
  readonly cause: unknown;
}

/** A value of a place that must not be null was withheld: its parent is null. */
const bubbles = Symbol('bubbles');

/**
 * Returns an answer with null in place of each withheld value, or of the nearest value above it that may be null, as if the
 * field had thrown an error (GraphQL specification, 6.4.4). The first {@link maxListedDenials} of these errors are listed.
 */
export function withholdReads(
  { data, errors = [], ...rest }: ExecutionResult,
  root: Withheld,
  { schema, selections, cause }: WithheldOperation,
): ExecutionResult {
  const added: GraphQLError[] = [];

  function complete(given: GraphQLOutputType, value: unknown, at: Place): unknown {
    const completed = completeNullable(getNullableType(given), value, at);
    const isNulled = completed === bubbles || completed === null;
    return isNulled && isNonNullType(given) ? bubbles : isNulled ? null : completed;
  }

  function completeNullable(type: GraphQLOutputType, value: unknown, at: Place): unknown {
    const { withheld, steps, nodes } = at;
    if (withheld.isWhole) {
      if (added.length < maxListedDenials) {
        added.push(new UnrecordedReadsError({ cause, path: steps, nodes: [...nodes] }));
      }
      return null;
    }
    if (isListType(type) && Array.isArray(value)) {
      const given: readonly unknown[] = value;
      const items = given.map((item, index) => {
        const inside = withheld.below.get(index);
        const place = inside && { withheld: inside, steps: [...steps, index], nodes };
        return place === undefined ? item : complete(type.ofType, item, place);
      });
      return items.includes(bubbles) ? bubbles : items;
    }
    return completeObject(value, withheld, steps);
  }

  function completeObject(value: unknown, withheld: Withheld, steps: readonly Step[]): unknown {
    const type = schema.getType(withheld.typeName ?? '');
    if (typeof value !== 'object' || value === null || !isObjectType(type)) return null;
    const fields = selections.fieldsAt(withheld.path, type.name);
    const completed = new Map<string, unknown>(Object.entries(value));
    for (const [key, place] of withheld.below) {
      const nodes = fields.get(String(key)) ?? [];
      const field = type.getFields()[nodes[0]?.name.value ?? ''];
      if (field === undefined) return bubbles;
      const at = { withheld: place, steps: [...steps, key], nodes };
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

interface Place {
  readonly withheld: Withheld;
  readonly steps: readonly Step[];
  readonly nodes: readonly FieldNode[];
}
