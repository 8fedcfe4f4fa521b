import type { GraphQLObjectType } from 'graphql';
import { propertyOf } from '../values/property-or.ts';
import type { RowTypeOptions } from './row-types.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * Creates the function that compiles the read of the ids of a type: by `idOf` of the type in `types`, or of an interface of
 * it, or else the property `id` of the object, also where the field `id` has a resolver. The read throws for an object
 * without an id.
 */
export const createReadIdOf =
  <TContext>({ types = {} }: RowTypeOptions<TContext>) =>
  (type: GraphQLObjectType): ((object: unknown) => string) => {
    const { resolve } = type.getFields().id ?? {};
    const property = (resolve && propertyOf(resolve)) ?? 'id';
    const [idOf] = [type, ...type.getInterfaces()].flatMap(({ name }) =>
      Object.hasOwn(types, name) ? (types[name]?.idOf ?? []) : [],
    );
    const ownId = ({ id }: Row): unknown => id; // a known property is read faster
    const read = idOf ?? (property === 'id' ? ownId : (object: Row) => object[property]);

    function toText(value: unknown): string {
      if (typeof value === 'number' || typeof value === 'bigint') return String(value);
      throw new Error(`${type.name}: an object has no id to record: give the type an \`idOf\``);
    }

    return (object) => {
      const value = isRow(object) ? read(object) : undefined;
      return typeof value === 'string' ? value : toText(value);
    };
  };

const isRow = (value: unknown): value is Row =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
