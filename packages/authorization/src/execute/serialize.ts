import type { GraphQLLeafType } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import { addLeaf } from '../enforcement/sizes/leaf-size.ts';
import type { Run } from './run.ts';

/** The guards of a type throw errors of their own for values that it does not accept: see `guardTypeValues`. */
export function serialize(type: GraphQLLeafType, value: unknown, run: Run): unknown {
  const serialized: unknown = type.serialize(value);
  // graphql-js waits for it.
  if (isPromise(serialized)) run.isPending = true;
  if (serialized !== null && serialized !== undefined) {
    addLeaf(run.size, serialized);
    return serialized;
  }
  throw new Error(`${type} cannot represent a value.`);
}
