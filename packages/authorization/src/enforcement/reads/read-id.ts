import type { GraphQLObjectType } from 'graphql';
import { getNamedType, isLeafType } from 'graphql';
import type { RowTypeOptions } from '../references/row-types.ts';
import { propertyOf } from '../values/property-or.ts';

/** Reads the id of an object. @throws {Error} when it has none that can be recorded. */
export type ReadId = (object: unknown) => string;

/**
 * Compiles the read of the ids of a type: by `idOf` of the type in `types`, or of an interface of it, or else the
 * property `id` of the object, also where the field `id` has a resolver.
 */
export function compileReadId<TContext>(
  type: GraphQLObjectType,
  { types = {} }: RowTypeOptions<TContext>,
): ReadId {
  const { id } = type.getFields();
  const property = (id?.resolve && propertyOf(id.resolve)) ?? 'id';
  const [idOf] = [type, ...type.getInterfaces()].flatMap(({ name }) =>
    Object.hasOwn(types, name) ? (types[name]?.idOf ?? []) : [],
  );
  const idType = id && getNamedType(id.type);

  function toText(value: unknown): string {
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    const isKnown = typeof value === 'object' && value !== null && !('then' in value);
    const serialized: unknown = isKnown && isLeafType(idType) ? idType.serialize(value) : undefined;
    if (typeof serialized === 'string' || typeof serialized === 'number') return String(serialized);
    throw new Error(`${type.name}: an object has no id to record: give the type an \`idOf\``);
  }

  // Ids of long lists are read as fast as possible: a known property is.
  const read =
    idOf ?? (property === 'id' ? ({ id: value }: Row) => value : (object: Row) => object[property]);
  return (object) => {
    const value = isRecord(object) ? read(object) : undefined;
    return typeof value === 'string' ? value : toText(value);
  };
}

type Row = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Row =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
