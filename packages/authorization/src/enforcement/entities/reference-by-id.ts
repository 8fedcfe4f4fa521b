import type { GraphQLSchema } from 'graphql';
import { getNamedType, isLeafType, Kind } from 'graphql';
import { parseLeaf } from '../../graphql-js/leaf-values.ts';
import { type EntityType, keysOf } from './representations.ts';

/** Reads one row of a type by its id. Undefined: it does not exist for the viewer. */
export type FindRow<TContext> = (
  typeName: string,
  id: unknown,
  context: TContext,
) => Promise<unknown>;

/**
 * Creates the `__resolveReference` of a type whose rows are read by ids: its only key is the id, or the parts of a
 * composite one by their names.
 *
 * Undefined for a type with several keys, since each would be taken for the id, and for a key with fields of fields.
 */
export function referenceById<TContext>(
  schema: GraphQLSchema,
  type: EntityType,
  find: FindRow<TContext>,
): ((reference: unknown, context: TContext) => Promise<unknown>) | undefined {
  const [key, ...otherKeys] = keysOf(schema, type);
  if (key === undefined || otherKeys.length > 0) return undefined;
  const parts = key.selections.flatMap((part) => {
    const field = part.kind === Kind.FIELD ? type.getFields()[part.name.value] : undefined;
    const leaf = getNamedType(field?.type);
    return field !== undefined && isLeafType(leaf) ? [{ name: field.name, leaf }] : [];
  });
  if (parts.length !== key.selections.length) return undefined;
  return async (reference, context) => {
    const fields: Readonly<Record<string, unknown>> = Object(reference);
    const values = parts.map(({ name, leaf }) => [name, parseLeaf(leaf, fields[name])] as const);
    const [only, ...others] = values;
    const id = others.length === 0 ? only?.[1] : Object.fromEntries(values);
    return (await find(type.name, id, context)) ?? null;
  };
}
