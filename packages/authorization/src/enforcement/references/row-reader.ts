import { GraphQLError, isObjectType } from 'graphql';
import type { Decider } from '../calls/decider.ts';
import { toInternalError } from '../calls/internal-error.ts';
import { RowsError } from '../calls/rows-error.ts';
import { objectTypesOf } from '../rows/describe-field.ts';
import { describeRows, narrowType } from '../rows/narrow-type.ts';
import { commonRule, type NarrowedCall, type NarrowedCalls } from '../rows/narrowed-call.ts';
import { compileTypeRules } from '../rows/type-rules.ts';
import { idKey, idKeys } from './id-key.ts';
import type { RowType, RowTypeOptions } from './row-types.ts';

/** Returns the row of an id that was asked for. Undefined: it does not exist for the viewer. */
export type FoundRows = (id: unknown) => unknown;

/** Reads rows of types by their rules, outside of the fields that return them. */
export interface RowReader<TContext> {
  /**
   * Returns the filter of the rows of a type that exist for the viewer, or undefined for all rows, as in a dry run. Nothing
   * checks what is read with it.
   *
   * @throws {GraphQLError} an internal error when the filter cannot be made, and {@link AuthorizationError} when the
   * viewer is anonymous, or has not proved its identity as the rule of the type asks, or of one type of an interface.
   */
  filterOf(typeName: string, context: TContext): unknown;
  /**
   * Reads the rows with these ids that exist for the viewer, in one call of `byIds`. In a dry run all of them do. It asks for
   * no proof of identity.
   */
  find(typeName: string, ids: readonly unknown[], context: TContext): Promise<FoundRows>;
  /** Returns the name of the object type of a row that was read as one of a type. */
  typeOf(typeName: string, row: unknown): string;
}

export function createRowReader<TContext>(
  decider: Decider<TContext>,
  calls: NarrowedCalls<TContext>,
  { types = {} }: RowTypeOptions<TContext>,
): RowReader<TContext> {
  const readers = new Map(
    Object.entries(types).map(([name, type]) => [
      name,
      createTypeReader(decider, calls, { name, type }),
    ]),
  );

  function readerOf(typeName: string): TypeReader<TContext> {
    const reader = readers.get(typeName);
    if (reader !== undefined) return reader;
    throw new RangeError(`The type "${typeName}" has no \`byIds\`.`);
  }

  return {
    filterOf(typeName, context) {
      if (decider.report !== undefined) return undefined;
      const call = { context, now: decider.beganOf(context) };
      const narrowed = narrowType(decider, typeName, call);
      return narrowed === undefined ? undefined : calls.filterOf(narrowed);
    },
    find: async (typeName, ids, context) => readerOf(typeName)(ids, context),
    typeOf: (typeName, row) =>
      isObjectType(decider.schema.getType(typeName))
        ? typeName
        : String(typeOfRow(types[typeName])(Object(row))),
  };
}

const typeOfRow = <TContext>(type: RowType<TContext> | undefined) =>
  type?.typeOf ?? (({ __typename }: Readonly<Record<string, unknown>>) => __typename);

const noRows: FoundRows = () => undefined;

type TypeReader<TContext> = (ids: readonly unknown[], context: TContext) => Promise<FoundRows>;

interface NamedRowType<TContext> {
  readonly name: string;
  readonly type: RowType<TContext>;
}

function createTypeReader<TContext>(
  decider: Decider<TContext>,
  calls: NarrowedCalls<TContext>,
  { name, type }: NamedRowType<TContext>,
): TypeReader<TContext> {
  type ReadCall = Parameters<typeof type.byIds>[1];
  const isObject = isObjectType(decider.schema.getType(name));
  const { idOf = ({ id }) => id } = type;
  const typeOf = typeOfRow(type);

  /** Returns the filter that `byIds` gets. Types with different rules have none in common: `admits` decides alone. */
  const whereOf = (narrowed: NarrowedCall<TContext>): unknown =>
    commonRule(narrowed) === undefined ? undefined : calls.filterOf(narrowed);

  /** Reads the rows one by one, when the database cannot read one of the ids. */
  async function readAll(ids: readonly unknown[], call: ReadCall): Promise<readonly unknown[]> {
    try {
      const rows: unknown = await type.byIds(ids, call);
      if (Array.isArray(rows)) return rows;
    } catch (error) {
      if (type.isWrongId?.(error) !== true) throw error;
      if (ids.length === 1) return [];
      return (await Promise.all(ids.map((id) => readAll([id], call)))).flat();
    }
    throw new RowsError(name, 'its `byIds` returned no array');
  }

  async function admits(narrowed: NarrowedCall<TContext> | undefined, row: object) {
    if (narrowed === undefined || decider.report !== undefined) return true;
    const typeName = isObject ? name : String(typeOf(Object(row)));
    return narrowed.rowTypes.has(typeName) && (await calls.admits(narrowed, row, typeName));
  }

  return async (ids, context) => {
    const asked = new Set(ids.flatMap(idKeys));
    const found = new Map<string, unknown>();
    const isAnonymous = !decider.viewerOf(context).isAuthenticated;
    const rules = compileTypeRules(decider.requirements, objectTypesOf(decider.schema, name));
    if (ids.length === 0 || (isAnonymous && rules.exist && decider.report === undefined))
      return noRows;
    const narrowed = isAnonymous ? undefined : describeRows(decider, name, context);
    const isFiltered = narrowed !== undefined && decider.report === undefined;
    const where = isFiltered ? whereOf(narrowed) : undefined;
    const rows = await guarded(() => readAll(ids, { where, context }));
    const keyed = rows.flatMap((row) => {
      const key = typeof row === 'object' && row !== null ? idKey(idOf(Object(row))) : undefined;
      return key !== undefined && asked.has(key) ? [{ key, row: Object(row) }] : [];
    });
    // All at once: policies that read can batch.
    const answers = await Promise.all(keyed.map(({ row }) => admits(narrowed, row)));
    for (const [index, { key, row }] of keyed.entries()) {
      if (answers[index] === true && !found.has(key)) found.set(key, row);
    }
    return (id) =>
      idKeys(id)
        .map((key) => found.get(key))
        .find((row) => row !== undefined);
  };
}

/** Messages of a data client can quote ids. */
async function guarded<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GraphQLError) throw error;
    const cause = error instanceof Error ? error : new Error('A read failed.', { cause: error });
    throw toInternalError(cause);
  }
}
