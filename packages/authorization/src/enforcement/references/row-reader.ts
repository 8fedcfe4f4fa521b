import { isObjectType } from 'graphql';
import type { Refusal } from '../../decision/decision.ts';
import type { Decider } from '../calls/decider.ts';
import type { RowRequest } from '../rows/compile-rows.ts';
import type { RowParts } from '../rows/guard-rows.ts';
import { commonRule } from '../rows/row-rule.ts';
import { placeText } from './id-key.ts';
import { createReadAlike, type FoundRows, noRows } from './read-alike.ts';
import { createRowPlaces, type PlaceOptions } from './row-places.ts';
import { type NamedRowType, typeOfRow } from './row-types.ts';

/** A row as a place. */
export interface PlacedRow {
  /** The text of its id, by which places are compared. */
  readonly id: string;
  /** The places to which the row belongs, by their types. */
  readonly within: ReadonlyMap<string, string>;
}

export type RowReader<TContext> = ReturnType<typeof createRowReader<TContext>>;

/** Creates what reads rows of types by their rules, outside of the fields that return them. */
export function createRowReader<TContext>(
  decider: Decider<TContext>,
  parts: RowParts<TContext>,
  options: PlaceOptions<TContext>,
) {
  const { types = {} } = options;
  const rowPlaceOf = createRowPlaces(options);
  const { schema, requirements, report, viewerOf, refusalByGroups } = decider;
  const readers = new Map(
    Object.entries(types).map(([name, type]) => [
      name,
      createTypeReader(decider, parts, { name, type }),
    ]),
  );

  return {
    /**
     * Reads the rows with these ids that exist for the viewer, in one call of `byIds`. In a dry run all of them do. It asks
     * for no proof of identity.
     */
    async find(typeName: string, ids: readonly unknown[], context: TContext): Promise<FoundRows> {
      const read = readers.get(typeName);
      if (read === undefined) throw new RangeError(`The type "${typeName}" has no \`byIds\`.`);
      return read(ids, context);
    },
    /** Reads a row as a place, also one that is hidden from the viewer. Undefined: it does not exist, or its id is no place. */
    async placeOf(
      typeName: string,
      id: unknown,
      context: TContext,
    ): Promise<PlacedRow | undefined> {
      const type = types[typeName];
      if (type === undefined) throw new RangeError(`The type "${typeName}" has no \`byIds\`.`);
      const { idOf = ({ id: own }) => own } = type;
      const everything = { rule: undefined, where: undefined, context };
      const found = await createReadAlike(decider, parts.mistakes, { name: typeName, type })(
        [id],
        everything,
      );
      const row = found(id);
      const text = row === undefined ? undefined : placeText(idOf(Object(row)));
      if (text === undefined) return undefined;
      const within = requirements.places.ofType(typeName).flatMap((belonging) => {
        const place = placeText(rowPlaceOf(typeName, belonging).of(Object(row)));
        return place === undefined ? [] : [[belonging.place, place] as const];
      });
      return { id: text, within: new Map(within) };
    },
    /** Returns the name of the object type of a row that was read as one of a type. */
    typeOf: (typeName: string, row: unknown): string =>
      isObjectType(schema.getType(typeName))
        ? typeName
        : String(typeOfRow(types[typeName])(Object(row))),
    /**
     * Returns the refusal of a viewer who has not proved its identity as the rule of a type asks: of an interface, by its
     * own rule.
     */
    refusalOf: (typeName: string, { context, now }: RowRequest<TContext>): Refusal | undefined =>
      // A dry run refuses nothing, and for anonymous viewers there are no rows.
      report === undefined && viewerOf(context).isAuthenticated
        ? refusalByGroups(requirements.ruleOf(typeName), context, now)
        : undefined,
  };
}

function createTypeReader<TContext>(
  decider: Decider<TContext>,
  { compiled, filters, mistakes }: RowParts<TContext>,
  named: NamedRowType<TContext>,
) {
  const { name } = named;
  const readAlike = createReadAlike(decider, mistakes, named);

  return async (ids: readonly unknown[], context: TContext): Promise<FoundRows> => {
    const isAnonymous = !decider.viewerOf(context).isAuthenticated;
    const isDryRun = decider.report !== undefined;
    if (ids.length === 0 || (isAnonymous && compiled.isRuled(name) && !isDryRun)) return noRows;
    const rule = isAnonymous || isDryRun ? undefined : compiled.ofType(name, context);
    // Types with different rules have no filter in common: `admits` decides alone.
    const where = rule && commonRule(rule) && filters.of(rule);
    const reading = { rule, where, context };
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
