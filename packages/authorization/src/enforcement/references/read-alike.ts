import { GraphQLError, isObjectType } from 'graphql';
import type { Decider } from '../calls/decider.ts';
import { toInternalError } from '../calls/internal-error.ts';
import { RowsError } from '../calls/rows-error.ts';
import type { RowMistakes } from '../rows/row-mistakes.ts';
import { clausesOf, type RowRule } from '../rows/row-rule.ts';
import { idKey, lowerCaseKey } from './id-key.ts';
import { type Keyed, keyIds, keyRows, keysOfRows } from './keyed-ids.ts';
import { createReadByHalves } from './read-by-halves.ts';
import { type NamedRowType, typeOfRow } from './row-types.ts';

/** Returns the row of an id that was asked for. Undefined: it does not exist for the viewer. */
export type FoundRows = (id: unknown) => unknown;

export const noRows: FoundRows = () => undefined;

/** One read of a type for a viewer. */
interface Reading<TContext> {
  /** Undefined: all rows exist for the viewer. */
  readonly rule: RowRule<TContext> | undefined;
  /** The filter that `byIds` gets. */
  readonly where: unknown;
  readonly context: TContext;
}

/**
 * Creates the function that reads rows by ids that are all texts and numbers, or all objects.
 *
 * Where `byIds` returns several rows with one id, none of them exists for a viewer from whom one is hidden.
 */
export function createReadAlike<TContext>(
  decider: Decider<TContext>,
  mistakes: RowMistakes<TContext>,
  { name, type }: NamedRowType<TContext>,
) {
  const isObject = isObjectType(decider.schema.getType(name));
  const { idOf = ({ id }) => id } = type;
  const typeOf = typeOfRow(type);
  const readByIds = createReadByIds({ name, type });

  function report<Value>({ byKey, problems }: Keyed<Value>, { context }: Reading<TContext>) {
    for (const problem of problems) mistakes.report(new RowsError(name, problem), context);
    return byKey;
  }

  async function readRows(ids: Keyed<unknown>['byKey'], reading: Reading<TContext>) {
    const rows = await readByIds([...ids.values()], reading);
    return report(keyRows(rows, idOf, keysOfRows(ids)), reading);
  }

  /** Whether all rows with one id exist for the viewer. */
  async function admits(rows: readonly object[], { rule }: Reading<TContext>) {
    if (rule === undefined) return true;
    const answers = rows.map(async (row) => {
      const typeName = isObject ? name : String(typeOf(Object(row)));
      const question = { coordinate: name, row, context: rule.context, answers: rule.answers };
      return (
        rule.rowTypes.has(typeName) &&
        decider.policies.admitsToRow(clausesOf(rule, typeName), rule.viewer, question)
      );
    });
    return !(await Promise.all(answers)).includes(false);
  }

  return async (ids: readonly unknown[], reading: Reading<TContext>): Promise<FoundRows> => {
    const keyedIds = report(keyIds(ids), reading);
    if (keyedIds.size === 0) return noRows;
    const rows = await readRows(keyedIds, reading);
    const otherwise = [...keyedIds].filter(
      ([key, id]) => !rows.has(key) && rows.has(lowerCaseKey(id) ?? key),
    );
    // The filter left out a hidden row with the exact spelling, which resolvers would find.
    const exact =
      otherwise.length === 0 || reading.where === undefined
        ? rows
        : await readRows(new Map(otherwise), { ...reading, where: undefined });
    // All at once: policies that read can batch.
    const shown = new Map<string, object | undefined>();
    await Promise.all(
      [...rows].map(async ([key, same]) => {
        if (await admits(same, reading)) shown.set(key, same[0]);
      }),
    );
    return (id) => {
      const key = idKey(id);
      if (key === undefined || !keyedIds.has(key)) return undefined;
      const isSpelled = rows.has(key) || exact.has(key);
      return shown.get(isSpelled ? key : (lowerCaseKey(id) ?? key));
    };
  };
}

/** Creates the function that calls `byIds`, without the ids that the database cannot read. */
function createReadByIds<TContext>({ name, type }: NamedRowType<TContext>) {
  const readByHalves = createReadByHalves();
  return async (
    ids: readonly unknown[],
    { where, context }: Omit<Reading<TContext>, 'rule'>,
  ): Promise<readonly unknown[]> => {
    const reading = {
      execution: Object(context),
      isMalformed: (error: unknown) =>
        !(error instanceof RowsError) && type.isWrongId?.(error) === true,
      async read(some: readonly unknown[]): Promise<readonly unknown[]> {
        const rows: unknown = await type.byIds(some, { where, context });
        if (Array.isArray(rows)) return rows;
        throw new RowsError(name, 'its `byIds` returned no array');
      },
    };
    const { rows } = await guarded(() => readByHalves(ids, reading));
    return rows;
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
