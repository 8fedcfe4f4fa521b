import type { GraphQLResolveInfo } from 'graphql';
import type { RowRequest } from './compile-rows.ts';
import type { ConnectionTypes } from './connection-types.ts';
import type { RowRule } from './row-rule.ts';

/** The part of a resolver's `info` that identifies the call of its field. */
export type CallInfo = Pick<GraphQLResolveInfo, 'path' | 'parentType' | 'fieldName'>;

/** A call of a field that can be narrowed, or that returns rows of a narrowed connection. */
export interface RowCall<TContext> extends RowRequest<TContext> {
  /** Undefined: the viewer gets all rows. */
  readonly rule: RowRule<TContext> | undefined;
  /** The names of the object types whose fields belong to it. Those of a row do not belong to the call that returned it. */
  readonly connections: ReadonlySet<string>;
  /** The names of the object types of its rows. */
  readonly rowTypes: ReadonlySet<string>;
}

/** The calls of fields that return rows, by which the fields below find the connection that they belong to. */
export type RowCalls<TContext> = ReturnType<typeof createRowCalls<TContext>>;

/** Identifies a call by its path, an object that the executor creates for each call and the calls below refer to. */
export function createRowCalls<TContext>(connectionTypes: ConnectionTypes) {
  const expected = new Set<string>();
  const calls = new WeakMap<GraphQLResolveInfo['path'], RowCall<TContext>>();

  return {
    /** Declares that every call of a field is remembered. */
    expect: (coordinate: string): void => void expected.add(coordinate),
    isExpected: (coordinate: string): boolean => expected.has(coordinate),
    /** Remembers a call until its `info` is released. */
    remember: ({ path }: CallInfo, call: RowCall<TContext>): void => void calls.set(path, call),
    /** Returns the call of a field itself. Undefined: it was not remembered. */
    of: ({ path }: CallInfo): RowCall<TContext> | undefined => calls.get(path),
    /**
     * Returns the calls of the connections that a field belongs to, from the nearest on. The fields of a row belong to none
     * above the row. Undefined: no guard has seen the call of the connection.
     */
    above({ path, parentType }: CallInfo): readonly RowCall<TContext>[] | undefined {
      const connections: RowCall<TContext>[] = [];
      let isSeen = connectionTypes.get(parentType.name)?.isOpen !== false;
      let typeName: string | undefined = parentType.name;
      for (let each = path.prev; each !== undefined; each = each.prev) {
        const call = calls.get(each);
        if (call !== undefined) {
          isSeen = true;
          // Not all executors tell the type.
          if (!call.connections.has(typeName ?? [...call.connections][0] ?? '')) break;
          connections.push(call);
        }
        if (typeof each.key === 'string') typeName = each.typename;
      }
      return isSeen ? connections : undefined;
    },
  };
}
