import type {
  ExecutionArgs,
  ExecutionResult,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from 'graphql';
import { execute } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import { type CompleteList, type FindLists, isListOfObjects } from './compiled-lists.ts';
import type { MaybePromise } from './field-call.ts';
import type { Resolver } from './field-guard.ts';
import type { PropertyReaders } from './list-completion.ts';

/**
 * Executes an operation as `execute` of graphql-js does, with the same result. Lists of plain objects are completed by
 * compiled code, which checks the guards of their fields once for the list.
 *
 * Keep the document: what is compiled is cached with it.
 */
export type GuardedExecute = (args: ExecutionArgs) => MaybePromise<ExecutionResult>;

/** A completed list, and its place in the data. */
interface Delivery {
  readonly path: GraphQLResolveInfo['path'];
  readonly list: readonly unknown[];
}

/** One execution whose lists are completed by compiled code. */
interface Run<TContext> {
  readonly args: ExecutionArgs;
  readonly complete: CompleteList<TContext>;
  readonly deliveries: Delivery[];
  /** The coerced variables, once a resolver has been called. */
  variables?: object;
}

/** Completes the lists of the executions that it starts. */
export interface ListExecutor<TContext> {
  /** Wraps the resolver of a field that returns a list of objects. */
  wrapList(type: GraphQLOutputType, resolve: Resolver<TContext>): Resolver<TContext>;
  /** Wraps the resolver of a root field, by which executions are recognized. */
  wrapRoot(resolve: Resolver<TContext>): Resolver<TContext>;
  createExecute(schema: GraphQLSchema): GuardedExecute;
}

/**
 * graphql-js has no hook for the completion of a value. A resolver that returns a completed list returns an empty one to
 * the executor, which completes it at once, and the result gets the completed list when the execution has ended. What
 * cannot be completed is returned as it is: errors, nulls, promises and their order are the executor's.
 */
export function createListExecutor<TContext>(
  findLists: FindLists<TContext>,
  readers: PropertyReaders,
): ListExecutor<TContext> {
  /** By the coerced variables, which the executor creates for each execution. */
  const running = new WeakMap<object, Run<TContext>>();
  /** The execution that was started last and has not called a resolver yet. */
  let starting: Run<TContext> | undefined;

  /** Recognizes an execution by its first resolver, which the executor calls before it returns. */
  function recognize(run: Run<TContext>, context: TContext, info: GraphQLResolveInfo): void {
    const { document, contextValue, rootValue } = run.args;
    if (contextValue !== context || rootValue !== info.rootValue) return;
    if (!document.definitions.includes(info.operation)) return;
    starting = undefined;
    run.variables = info.variableValues;
    running.set(info.variableValues, run);
  }

  /**
   * Forgets an execution. The garbage collector would find its lists only in the old space, where they cost several
   * times as much: it takes the values of a weak map for used while its table is old.
   */
  function finish(result: ExecutionResult, { variables, deliveries }: Run<TContext>) {
    if (variables !== undefined) running.delete(variables);
    return withLists(result, deliveries);
  }

  function start(run: Run<TContext>): MaybePromise<ExecutionResult> {
    const outer = starting;
    starting = run;
    try {
      return execute(run.args);
    } finally {
      starting = outer;
    }
  }

  return {
    wrapRoot: (resolve) => (source, args, context, info) => {
      if (starting !== undefined) recognize(starting, context, info);
      return resolve(source, args, context, info);
    },

    wrapList(type, resolve) {
      if (!isListOfObjects(type)) return resolve;
      const wrapped: Resolver<TContext> = (source, args, context, info) => {
        const value: unknown = resolve(source, args, context, info);
        const run = running.get(info.variableValues);
        // An execution gets lists of its own viewer only, whatever the executor does with the variables.
        if (run === undefined || run.args.contextValue !== context) return value;
        if (!isCalledByExecutor(wrapped, info)) return value;
        return deliver(value, run, { context, info });
      };
      const reader = readers.get(resolve);
      if (reader !== undefined) readers.set(wrapped, reader);
      return wrapped;
    },

    createExecute: (schema) => (args) => {
      if (args.schema !== schema) return execute(args);
      const complete = findLists(args.document);
      if (complete === undefined) return execute(args);
      const run: Run<TContext> = { args, complete, deliveries: [] };
      const result = start(run);
      return isPromise(result) ? result.then((late) => finish(late, run)) : finish(result, run);
    },
  };
}

/**
 * Whether `resolver` is all that the executor calls for this field. Code that calls it itself, or has wrapped it, would
 * take the empty list for the field's value.
 */
const isCalledByExecutor = (
  resolver: unknown,
  { parentType, fieldName, fieldNodes }: GraphQLResolveInfo,
): boolean =>
  parentType.getFields()[fieldName]?.resolve === resolver &&
  fieldNodes[0]?.name.value === fieldName;

interface ResolvedField<TContext> {
  readonly context: TContext;
  readonly info: GraphQLResolveInfo;
}

/** Returns what the executor gets as the value of a field: the value itself, unless its completion is delivered later. */
function deliver<TContext>(
  value: unknown,
  run: Run<TContext>,
  { context, info }: ResolvedField<TContext>,
): unknown {
  if (isPromise(value)) return mapLater(value, (late) => deliver(late, run, { context, info }));
  const list = run.complete(value, context, info);
  if (list === undefined) return value;
  run.deliveries.push({ path: info.path, list });
  return [];
}

/** Maps the value of a promise in the same microtask, so that the executor's order of errors does not change. */
const mapLater = (
  promise: PromiseLike<unknown>,
  map: (value: unknown) => unknown,
): PromiseLike<unknown> => ({
  // biome-ignore lint/suspicious/noThenProperty: a promise of its own would settle one microtask later.
  then: (onFulfilled, onRejected) =>
    onFulfilled
      ? promise.then((value) => onFulfilled(map(value)), onRejected)
      : promise.then(undefined, onRejected),
});

/** Puts completed lists into the data, except where a null has spread over their place. */
function withLists(result: ExecutionResult, deliveries: readonly Delivery[]): ExecutionResult {
  for (const { path, list } of deliveries) {
    const parent = path.prev === undefined ? result.data : valueAt(result.data, path.prev);
    if (isRecord(parent)) parent[path.key] = list;
  }
  return result;
}

function valueAt(data: unknown, { prev, key }: GraphQLResolveInfo['path']): unknown {
  const parent = prev === undefined ? data : valueAt(data, prev);
  return isRecord(parent) ? parent[key] : undefined;
}

const isRecord = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null;
