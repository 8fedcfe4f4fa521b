import type { GraphQLResolveInfo } from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { Decider } from '../calls/decider.ts';
import { toInternalError } from '../calls/internal-error.ts';
import { RowsError } from '../calls/rows-error.ts';
import { objectTypesOf } from './describe-field.ts';
import { type AskingCall, narrowType, refusalOfRows } from './narrow-type.ts';
import type { NarrowedCall, NarrowedCalls } from './narrowed-call.ts';
import type { RowCarriers } from './row-carriers.ts';

/**
 * Returns the filter of the rows that a field may return to the viewer, in the terms of the application's data client, or
 * undefined for all rows. `info` is that of the field's resolver, or of a resolver of its connection, which may also read
 * other types. Where types of an interface or union have different rules, `typeName` names the object type to read.
 *
 * @throws {GraphQLError} an internal error, when the filter cannot be made or no guard has seen `info`.
 * @throws {AuthorizationError} when the rows have a rule, and the viewer is anonymous, or has not proved its identity as the
 * rule of the type asks that `typeName` names. A connection counts rows: without `typeName`, those of all its types.
 */
export type RowsOf = (info: RowInfo, typeName?: string) => unknown;

/** The part of a resolver's `info` that identifies the call of its field. */
type RowInfo = Pick<GraphQLResolveInfo, 'path' | 'parentType' | 'fieldName'>;

type Path = GraphQLResolveInfo['path'];

/** A call of a field that can be narrowed, or that returns rows of a narrowed connection. */
interface RunningCall<TContext> extends AskingCall<TContext> {
  /** Undefined: the viewer gets all rows. */
  readonly narrowed: NarrowedCall<TContext> | undefined;
  /** The names of the object types whose fields belong to it. Those of a row do not belong to the call that returned it. */
  readonly connections: ReadonlySet<string>;
  /** The names of the object types of its rows. */
  readonly rowTypes: ReadonlySet<string>;
}

/** No guard has seen the call of the connection. */
export const unseen = Symbol('unseen');

/** The rows of running calls. */
export interface RunningRows<TContext> {
  /** Expects every call of a field to begin. */
  expect(coordinate: string): void;
  /** Remembers a call until its `info` is released. */
  begin(info: RowInfo, running: RunningCall<TContext>): void;
  /** Returns the nearest narrowed connection above a field. `fits` skips others. */
  above(
    info: RowInfo,
    fits: (narrowed: NarrowedCall<TContext>) => boolean,
  ): NarrowedCall<TContext> | typeof unseen | undefined;
  readonly rowsOf: RowsOf;
}

/** Identifies a call by its path, an object that the executor creates for each call and the calls below refer to. */
export function createRunningRows<TContext>(
  decider: Decider<TContext>,
  carriers: RowCarriers,
  { filterOf }: NarrowedCalls<TContext>,
): RunningRows<TContext> {
  /** The coordinates of fields whose calls begin, for every viewer. */
  const fenced = new Set<string>();
  const calls = new WeakMap<Path, RunningCall<TContext>>();

  /** Returns the nearest call above a field that `takes` takes. The fields of a row belong to no call further above. */
  function findAbove(
    { path, parentType }: RowInfo,
    takes: (call: RunningCall<TContext>, isConnection: boolean) => boolean,
  ): RunningCall<TContext> | undefined {
    let typeName: string | undefined = parentType.name;
    for (let each = path.prev; each !== undefined; each = each.prev) {
      const call = calls.get(each);
      if (call !== undefined) {
        // Not all executors tell the type.
        const isConnection = call.connections.has(typeName ?? [...call.connections][0] ?? '');
        if (takes(call, isConnection)) return call;
        if (!isConnection) return undefined;
      }
      if (typeof each.key === 'string') typeName = each.typename;
    }
    return undefined;
  }

  const above: RunningRows<TContext>['above'] = (info, fits) => {
    let isSeen = carriers.get(info.parentType.name)?.isOpen !== false;
    const found = findAbove(info, ({ narrowed }, isConnection) => {
      isSeen = true;
      return isConnection && narrowed !== undefined && fits(narrowed);
    });
    return isSeen ? found?.narrowed : unseen;
  };

  /** Finds the rules that decide which rows a resolver may read: its own, or those of the connection above. */
  function narrowedOf(info: RowInfo, coordinate: string): NarrowedCall<TContext> | undefined {
    const own = calls.get(info.path);
    if (own !== undefined) return own.narrowed;
    const found = fenced.has(coordinate) ? unseen : above(info, () => true);
    if (found !== unseen) return found;
    const problem = 'no guard has seen the `info` that was passed to `rowsOf`';
    throw toInternalError(new RowsError(coordinate, problem));
  }

  /** @throws {AuthorizationError} for rows that are asked for by name, that are counted, or that anonymous viewers lack. */
  function requireRows(call: RunningCall<TContext>, typeName: string | undefined): void {
    const isAsked = call.connections.size > 0 || !decider.viewerOf(call.context).isAuthenticated;
    const others = isAsked ? call.rowTypes : [];
    const refusal = refusalOfRows(decider, typeName === undefined ? others : [typeName], call);
    if (refusal !== undefined) throw refusal;
  }

  /** Whether a field can read rows of a type. One that returns no rows itself reads any. */
  const canRead = (typeName: string, own: RunningCall<TContext> | undefined): boolean =>
    own === undefined
      ? objectTypesOf(decider.schema, typeName).size > 0
      : own.rowTypes.has(typeName);

  return {
    expect: (coordinate) => void fenced.add(coordinate),
    begin: (info, running) => void calls.set(info.path, running),
    above,
    rowsOf(info, typeName) {
      const coordinate = memberCoordinate(info.parentType.name, info.fieldName);
      const narrowed = narrowedOf(info, coordinate);
      if (decider.report !== undefined) return undefined;
      const own = calls.get(info.path);
      const call = own ?? findAbove(info, (_call, isConnection) => isConnection);
      const isOther = typeName !== undefined && !narrowed?.rowTypes.has(typeName);
      if (isOther && call !== undefined && canRead(typeName, own)) {
        // The filter of a type does not depend on the connection above.
        const ofType = narrowType(decider, typeName, call);
        return ofType && filterOf(ofType);
      }
      if (call !== undefined) requireRows(call, typeName);
      if (narrowed !== undefined) return filterOf(narrowed, typeName);
      if (typeName === undefined) return undefined;
      if (decider.requirements.ruleOf(typeName).length === 0) return undefined;
      throw toInternalError(new RowsError(coordinate, `it returns no rows of "${typeName}"`));
    },
  };
}
