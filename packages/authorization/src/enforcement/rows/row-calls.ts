import type { GraphQLResolveInfo } from 'graphql';
import type { ConnectionTypes } from './connection-types.ts';
import type { RowRequest } from './narrow-type.ts';
import type { NarrowedCall } from './narrowed-call.ts';

/** The part of a resolver's `info` that identifies the call of its field. */
export type CallInfo = Pick<GraphQLResolveInfo, 'path' | 'parentType' | 'fieldName'>;

type Path = GraphQLResolveInfo['path'];

/** A call of a field that can be narrowed, or that returns rows of a narrowed connection. */
export interface RowCall<TContext> extends RowRequest<TContext> {
  /** Undefined: the viewer gets all rows. */
  readonly narrowed: NarrowedCall<TContext> | undefined;
  /** The names of the object types whose fields belong to it. Those of a row do not belong to the call that returned it. */
  readonly connections: ReadonlySet<string>;
  /** The names of the object types of its rows. */
  readonly rowTypes: ReadonlySet<string>;
}

/** No guard has seen the call of the connection. */
export const unseen = Symbol('unseen');

/** The calls of fields that return rows, by which the fields below find the connection that they belong to. */
export interface RowCalls<TContext> {
  /** Declares that every call of a field is remembered. */
  expect(coordinate: string): void;
  isExpected(coordinate: string): boolean;
  /** Remembers a call until its `info` is released. */
  remember(info: CallInfo, call: RowCall<TContext>): void;
  /** Returns the call of a field itself. Undefined: it was not remembered. */
  callOf(info: CallInfo): RowCall<TContext> | undefined;
  /** Returns the nearest call above a field that `accepts` accepts. The fields of a row belong to no call further above. */
  nearest(
    info: CallInfo,
    accepts: (call: RowCall<TContext>, isConnection: boolean) => boolean,
  ): RowCall<TContext> | undefined;
  /** Returns the nearest narrowed connection that a field belongs to. `fits` skips others. */
  connectionOf(
    info: CallInfo,
    fits: (narrowed: NarrowedCall<TContext>) => boolean,
  ): NarrowedCall<TContext> | typeof unseen | undefined;
}

/** Identifies a call by its path, an object that the executor creates for each call and the calls below refer to. */
export function createRowCalls<TContext>(connectionTypes: ConnectionTypes): RowCalls<TContext> {
  const expected = new Set<string>();
  const calls = new WeakMap<Path, RowCall<TContext>>();

  const nearest: RowCalls<TContext>['nearest'] = ({ path, parentType }, accepts) => {
    let typeName: string | undefined = parentType.name;
    for (let each = path.prev; each !== undefined; each = each.prev) {
      const call = calls.get(each);
      if (call !== undefined) {
        // Not all executors tell the type.
        const isConnection = call.connections.has(typeName ?? [...call.connections][0] ?? '');
        if (accepts(call, isConnection)) return call;
        if (!isConnection) return undefined;
      }
      if (typeof each.key === 'string') typeName = each.typename;
    }
    return undefined;
  };

  return {
    expect: (coordinate) => void expected.add(coordinate),
    isExpected: (coordinate) => expected.has(coordinate),
    remember: (info, call) => void calls.set(info.path, call),
    callOf: (info) => calls.get(info.path),
    nearest,
    connectionOf(info, fits) {
      let isSeen = connectionTypes.get(info.parentType.name)?.isOpen !== false;
      const found = nearest(info, ({ narrowed }, isConnection) => {
        isSeen = true;
        return isConnection && narrowed !== undefined && fits(narrowed);
      });
      return isSeen ? found?.narrowed : unseen;
    },
  };
}
