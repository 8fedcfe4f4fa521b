import { decideMatrix } from './access-matrix.ts';
import { type AccessRecord, recordedFacts, typeNameOf } from './access-record.ts';
import { isBareType } from './coordinate-access.ts';

/** A row of the access matrix in print, without its coordinate. */
export interface PrintedAccess {
  /** The clauses in SDL notation, `public`, or `as its parent`. */
  readonly requirement: string;
  /** In the order of the columns. Empty: as its parent. */
  readonly cells: readonly string[];
}

/** A coordinate whose row of the access matrix differs between two schemas. */
export interface AccessChange {
  readonly typeName: string;
  readonly coordinate: string;
  /** Null: the former schema does not have the coordinate. */
  readonly was: PrintedAccess | null;
  /** Null: the present schema does not have the coordinate. */
  readonly now: PrintedAccess | null;
}

/** The rows that differ between the access matrices of two schemas. */
export interface AccessChanges {
  readonly columns: readonly string[];
  /** In the order of the present schema, then those that it does not have. */
  readonly rows: readonly AccessChange[];
}

/**
 * Compares the access matrices of two recorded schemas, in print. A group that one schema does not have grants nothing there:
 * its column is as that of a user in no group. Pure.
 *
 * @throws {RangeError} for a record in which a clause is missing.
 */
export function compareAccess(
  former: AccessRecord,
  present: AccessRecord,
  groups: readonly string[],
): AccessChanges {
  const [before, after] = [printRecord(former, groups), printRecord(present, groups)];
  const rows = [...new Set([...after.rows.keys(), ...before.rows.keys()])]
    .filter((coordinate) => after.inMatrix.has(coordinate) || before.inMatrix.has(coordinate))
    .map((coordinate) => ({
      typeName: typeNameOf(coordinate),
      coordinate,
      was: before.rows.get(coordinate) ?? null,
      now: after.rows.get(coordinate) ?? null,
    }))
    .filter(({ was, now }) => JSON.stringify(was) !== JSON.stringify(now));
  return { columns: after.columns, rows };
}

/** Prints all coordinates. `inMatrix`: those that are rows of the matrix, as types without a guard are not. */
function printRecord(record: AccessRecord, groups: readonly string[]) {
  const facts = recordedFacts(record);
  const typeOf = (group: string) =>
    record.clauses.flatMap(({ within = [] }) => within).find((each) => each.groups.includes(group))
      ?.type;
  const { columns, rows } = decideMatrix(facts, groups, { typeOf });
  return {
    columns,
    rows: new Map(
      rows.map(({ coordinate, requirement, texts }) => [coordinate, { requirement, cells: texts }]),
    ),
    inMatrix: new Set(
      facts.filter((each) => !isBareType(each)).map(({ coordinate }) => coordinate),
    ),
  };
}
