import type { GraphQLResolveInfo } from 'graphql';
import { canNarrow } from '../decision/decision.ts';
import { memberCoordinate } from '../requirements/coordinate.ts';
import type { Decider } from './decider.ts';
import type { NarrowedCall, NarrowedCalls } from './narrowed-call.ts';
import type { RowCarriers } from './row-carriers.ts';
import { RowsError, toInternalError } from './rows-error.ts';

/**
 * Returns the filter of the rows that a narrowed field may return to the viewer, in the terms of the application's data
 * client, or undefined for all rows. `info` is that of the field's resolver, or of a resolver of its connection.
 *
 * @throws {GraphQLError} an internal error, when the filter cannot be made or no guard has seen `info`.
 */
export type RowsOf = (info: RowInfo) => unknown;

/** The part of a resolver's `info` that identifies the call of its field. */
type RowInfo = Pick<GraphQLResolveInfo, 'path' | 'parentType' | 'fieldName'>;

type Path = GraphQLResolveInfo['path'];

/** The rows of a viewer that no clause narrows. */
export const allRows = Symbol('all rows');

/** What a call may return. */
export type Rows<TContext> = NarrowedCall<TContext> | typeof allRows;

/** The call of a field that begins to run. */
interface BegunCall<TContext> {
  readonly coordinate: string;
  readonly call: NarrowedCall<TContext>['call'];
  readonly info: RowInfo;
  /** The rows of the connection that the field belongs to. */
  readonly above: Rows<TContext>;
  readonly isConnection: boolean;
}

/** The rows of running calls. */
export interface RunningRows<TContext> {
  /** Decides which rows a call may return, and remembers it until the call's `info` is released. */
  begin(begun: BegunCall<TContext>): Rows<TContext>;
  /** Returns the rows of the connection that a field belongs to. Undefined: no guard has seen it. */
  above(info: RowInfo): Rows<TContext> | undefined;
  readonly rowsOf: RowsOf;
}

/** Identifies a call by its path, an object that the executor creates for each call and the calls below refer to. */
export function createRunningRows<TContext>(
  decider: Decider<TContext>,
  carriers: RowCarriers,
  { filterOf }: NarrowedCalls<TContext>,
): RunningRows<TContext> {
  const { requirements } = decider;
  const running = new WeakMap<Path, Rows<TContext>>();

  /** The path above may have indices of a list in between. */
  function above({ path }: RowInfo): Rows<TContext> | undefined {
    let found = path.prev;
    while (typeof found?.key === 'number') found = found.prev;
    return found && running.get(found);
  }

  return {
    above,
    begin({ coordinate, call, info, above, isConnection }) {
      const clauses = decider.narrowing(requirements.at(coordinate), call.context);
      const rows: Rows<TContext> =
        clauses.length === 0
          ? above
          : {
              coordinate,
              clauses,
              call,
              viewer: decider.viewerOf(call.context),
              above: above === allRows ? undefined : above,
              ...(isConnection ? { admitted: new Set(), ahead: new Map() } : {}),
            };
      running.set(info.path, rows);
      return rows;
    },
    rowsOf(info) {
      const { name } = info.parentType;
      const rows = running.get(info.path) ?? (carriers.has(name) ? above(info) : undefined);
      if (rows === undefined) {
        const coordinate = memberCoordinate(name, info.fieldName);
        if (!carriers.has(name) && !canNarrow(requirements.at(coordinate))) return undefined;
        const problem = 'no guard has seen the `info` that was passed to `rowsOf`';
        throw toInternalError(new RowsError(coordinate, problem));
      }
      return rows === allRows || decider.report !== undefined ? undefined : filterOf(rows);
    },
  };
}
