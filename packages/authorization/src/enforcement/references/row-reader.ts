import { isObjectType } from 'graphql';
import type { Decider } from '../calls/decider.ts';
import { objectTypesOf } from '../rows/describe-field.ts';
import { describeRows, narrowType } from '../rows/narrow-type.ts';
import { commonRule, type NarrowedCall, type NarrowedCalls } from '../rows/narrowed-call.ts';
import { compileTypeRules } from '../rows/type-rules.ts';
import { createReadAlike, type FoundRows, noRows } from './read-alike.ts';
import { type NamedRowType, type RowTypeOptions, typeOfRow } from './row-types.ts';

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

type TypeReader<TContext> = (ids: readonly unknown[], context: TContext) => Promise<FoundRows>;

function createTypeReader<TContext>(
  decider: Decider<TContext>,
  calls: NarrowedCalls<TContext>,
  named: NamedRowType<TContext>,
): TypeReader<TContext> {
  const { name } = named;
  const readAlike = createReadAlike(decider, calls, named);

  /** Returns the filter that `byIds` gets. Types with different rules have none in common: `admits` decides alone. */
  const whereOf = (narrowed: NarrowedCall<TContext>): unknown =>
    commonRule(narrowed) === undefined ? undefined : calls.filterOf(narrowed);

  return async (ids, context) => {
    const isAnonymous = !decider.viewerOf(context).isAuthenticated;
    const isDryRun = decider.report !== undefined;
    const rules = compileTypeRules(decider.requirements, objectTypesOf(decider.schema, name));
    if (ids.length === 0 || (isAnonymous && rules.exist && !isDryRun)) return noRows;
    const narrowed = isAnonymous || isDryRun ? undefined : describeRows(decider, name, context);
    const where = narrowed === undefined ? undefined : whereOf(narrowed);
    const reading = { narrowed, where, context };
    // Apart, because a text and an object can have one key, and a row does not say for which of them it was read.
    const [ofObjects, ofTexts] = await Promise.all([
      readAlike(ids.filter(isObject), reading),
      readAlike(ids.filter(isText), reading),
    ]);
    return (id) => (isObject(id) ? ofObjects(id) : ofTexts(id));
  };
}

const isObject = (id: unknown): boolean => typeof id === 'object';
const isText = (id: unknown): boolean => !isObject(id);
