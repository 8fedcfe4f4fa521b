import { runInOrder } from '../database/time/run-in-order.ts';

/** Returns a part. The first request makes it. @throws {Error} for a circular request, with its chain. */
export type Get = <Value>(part: Part<Value>) => Value;

/** Returns a part that was made and awaited before, for functions that run later. @throws {Error} if it was not. */
export type Made = <Value>(part: Part<Value>) => Awaited<Value>;

/** Parts that belong together. */
export interface Parts {
  readonly get: Get;
  /** Closes the parts that were made, the last one first. A second call does nothing. @throws as `runInOrder` does. */
  readonly close: () => Promise<void>;
}

/** How one part is made from others. Its members are for `createParts`. */
export interface Part<Value> {
  request(scope: Scope, chain: readonly string[]): Value;
  made(scope: Scope): Awaited<Value>;
  /** Gives the part to `createParts`, which then does not make it. `closeLast` is called after all parts are closed. */
  as(value: Value, closeLast?: () => Promise<unknown>): PartInput;
}

/** A part with its value, for `createParts`. */
export type PartInput = (scope: Scope) => void;

/** What one set of parts has made so far. */
export interface Scope {
  readonly closes: (() => Promise<unknown>)[];
  /** Resolve when the part was made, or could not be made. */
  readonly makings: Promise<unknown>[];
  isClosed: boolean;
}

/** Defines a part. `close` gets it when it was made. A part that could not be made is made again at the next request. */
export function part<Value>(
  name: string,
  make: (get: Get, made: Made) => Value,
  close: (value: Awaited<Value>) => unknown = () => {},
): Part<Value> {
  const requested = new WeakMap<Scope, { readonly value: Value }>();
  const done = new WeakMap<Scope, { readonly value: Awaited<Value> }>();

  function makeIn(scope: Scope, path: readonly string[]): Value {
    if (scope.isClosed) throw new Error(`The parts are closed: ${path.join(' -> ')}`);
    const get: Get = (other) => other.request(scope, path);
    const value = make(get, (other) => other.made(scope));
    requested.set(scope, { value });
    const finish = (finished: Awaited<Value>) => {
      done.set(scope, { value: finished });
      scope.closes.push(async () => close(finished));
    };
    scope.makings.push(Promise.resolve(value).then(finish, () => requested.delete(scope)));
    return value;
  }

  return {
    request(scope, chain) {
      const known = requested.get(scope);
      const isReady = !(known?.value instanceof Promise) || done.has(scope);
      if (known !== undefined && (isReady || !chain.includes(name))) return known.value;
      const path = [...chain, name];
      if (chain.includes(name)) throw new Error(`A part needs itself: ${path.join(' -> ')}`);
      return makeIn(scope, path);
    },
    made(scope) {
      const found = done.get(scope);
      if (found === undefined) throw new Error(`The part is not made yet: ${name}`);
      return found.value;
    },
    as: (value, closeLast) => (scope) => {
      requested.set(scope, { value });
      if (closeLast !== undefined) scope.closes.push(closeLast);
    },
  };
}

/** Defines a part that must be given to `createParts`. */
export const input = <Value>(name: string): Part<Value> =>
  part(name, () => {
    throw new Error(`The part is not given: ${name}`);
  });

/** Creates an empty set of parts, with those that are given. */
export function createParts(inputs: readonly PartInput[]): Parts {
  const scope: Scope = { closes: [], makings: [], isClosed: false };
  for (const input of inputs) input(scope);
  let closing: Promise<void> | undefined;
  const close = async () => {
    scope.isClosed = true;
    await Promise.all(scope.makings);
    await runInOrder(scope.closes.toReversed());
  };
  return {
    get: (requested) => requested.request(scope, []),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Starts something with parts. If that fails, they are closed. @throws the error of `start`. */
export async function startParts<Result>(
  inputs: readonly PartInput[],
  start: (parts: Parts) => Promise<Result>,
): Promise<Result> {
  const parts = createParts(inputs);
  try {
    return await start(parts);
  } catch (error) {
    await parts.close().catch(() => {}); // the first error says what to mend
    throw error;
  }
}
