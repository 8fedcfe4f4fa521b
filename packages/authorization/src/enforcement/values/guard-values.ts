import type {
  GraphQLAbstractType,
  GraphQLEnumType,
  GraphQLField,
  GraphQLIsTypeOfFn,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLScalarType,
} from 'graphql';
import {
  defaultFieldResolver,
  defaultTypeResolver,
  getNamedType,
  isAbstractType,
  isIntrospectionType,
  isLeafType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { isAsyncIterable } from '../../decision/iterables.ts';
import { wrapSerialize } from '../../graphql-js/leaf-values.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { Resolver } from '../calls/field-call.ts';
import { toInternalError } from '../calls/internal-error.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { type AnswerSizes, placeOf } from '../sizes/answer-size.ts';
import { AnswerTooLargeError } from '../sizes/answer-too-large-error.ts';
import type { CompileCount } from './count-value.ts';
import { compileFit, compileFits } from './fit-value.ts';
import type { PropertyRead, PropertyReader } from './property-reader.ts';
import { toClientError, ValueError } from './value-error.ts';

/** The resolver of a field behind its guard. */
export interface GuardedResolver<TContext> {
  readonly resolve: Resolver<TContext>;
  /** What it reads, if it only reads a property. */
  readonly read?: PropertyRead | undefined;
  /** Whether its field is one of a root type. */
  readonly isRoot?: boolean;
}

/** A field whose values are guarded. */
interface ValueField {
  readonly coordinate: string;
  readonly type: GraphQLOutputType;
}

/**
 * Wraps the resolver of a field, so that no error of it quotes a value: the messages of graphql-js about values that do
 * not fit, and those of errors that were not written for clients, are replaced before graphql-js makes them. Its values are
 * counted, and it is no longer called when the answer is too large.
 */
export function guardFieldValue<TContext>(
  { coordinate, type }: ValueField,
  { resolve, read, isRoot = false }: GuardedResolver<TContext>,
  { sizes, compileCount }: ValueCounts,
): { readonly resolve: Resolver<TContext>; readonly reader: PropertyReader | undefined } {
  const fit = compileFit(coordinate, type, compileCount);
  const fits = compileFits(type);
  const count = compileCount(type);

  /** @throws the error for the client. */
  function fail(error: unknown, info: GraphQLResolveInfo): never {
    const converted = toClientError(error, coordinate, { info, path: info.path });
    if (converted instanceof AnswerTooLargeError) {
      throw sizes.of(info).end(converted, placeOf(info));
    }
    throw converted;
  }

  function deliver(value: unknown, info: GraphQLResolveInfo): unknown {
    try {
      if (fits(value)) return count === undefined ? value : count(value, info);
      if (isPromise(value)) {
        const onError = (error: unknown) => fail(error, info);
        const promise = Promise.resolve(value);
        return markRejectionHandled(promise.then((late) => deliver(late, info), onError));
      }
      if (value instanceof Error) throw value;
      const fitted = fit(value, info, info.path);
      return count === undefined ? fitted : count(fitted, info);
    } catch (error) {
      return fail(error, info);
    }
  }

  // To read a property of an object that was counted is less than to ask. A mutation is done in any case.
  const isAlwaysCalled = isRoot || read !== undefined;
  const guarded: Resolver<TContext> = (source, args, context, info) => {
    const tooLarge = isAlwaysCalled ? undefined : sizes.of(info).error;
    if (tooLarge !== undefined) return markRejectionHandled(Promise.reject(tooLarge));
    let value: unknown;
    try {
      value = resolve(source, args, context, info);
    } catch (error) {
      return fail(error, info);
    }
    return deliver(value, info);
  };
  return { resolve: guarded, reader: read && { ...read, fits, deliver, fail } };
}

/** How the values of fields are counted. */
export interface ValueCounts {
  readonly sizes: AnswerSizes;
  readonly compileCount: CompileCount;
}

/** Wraps the `subscribe` of a field of `Subscription` like its resolver. */
export function guardSourceStream<TContext>(
  parent: GraphQLObjectType,
  field: GraphQLField<unknown, TContext>,
): void {
  const coordinate = memberCoordinate(parent.name, field.name);
  const subscribe: Resolver<TContext> = field.subscribe ?? defaultFieldResolver;
  const toError = (error: unknown, info: GraphQLResolveInfo) =>
    toClientError(error, coordinate, { info, path: info.path });
  field.subscribe = async (source, args, context, info) => {
    try {
      const stream: unknown = await subscribe(source, args, context, info);
      if (isAsyncIterable(stream)) return guardEvents(stream, (error) => toError(error, info));
      if (stream instanceof Error) throw stream;
      throw new ValueError(coordinate, 'its `subscribe` returned no async iterable');
    } catch (error) {
      throw toError(error, info);
    }
  };
}

/** Opens a source stream whose errors are those for the client, and which ends when its reader wants. */
function guardEvents(
  stream: AsyncIterable<unknown>,
  toError: (error: unknown) => Error,
): AsyncIterableIterator<unknown> {
  const events = stream[Symbol.asyncIterator]();
  const guarded = async <Answer>(read: () => Promise<Answer> | Answer): Promise<Answer> => {
    try {
      return await read();
    } catch (error) {
      throw toError(error);
    }
  };
  const ended = { done: true, value: undefined } as const;
  return {
    next: () => guarded(() => events.next()),
    return: () => guarded(() => events.return?.() ?? ended),
    throw: (error) =>
      guarded(async () => {
        if (events.throw !== undefined) return await events.throw(error);
        await events.return?.();
        throw error;
      }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Wraps the functions of a type by which graphql-js examines values. */
export function guardTypeValues(type: GraphQLNamedType): void {
  if (isIntrospectionType(type)) return;
  if (isAbstractType(type)) guardRuntimeType(type);
  else if (isObjectType(type)) guardIsTypeOf(type);
  else if (isLeafType(type) && !isSpecifiedScalarType(type)) guardSerialize(type);
}

/** Messages of `serialize` quote the value. */
function guardSerialize(type: GraphQLScalarType | GraphQLEnumType): void {
  const fail = (options?: ErrorOptions) =>
    toInternalError(new ValueError(type.name, 'it cannot represent the value of a field', options));
  wrapSerialize(type, (serialize) => (value) => {
    let serialized: unknown;
    try {
      serialized = serialize(value);
    } catch (cause) {
      throw fail({ cause });
    }
    if (serialized === null || serialized === undefined) throw fail();
    return serialized;
  });
}

/**
 * Lets `isTypeOf` throw for a value that graphql-js would quote. Where it is asked for the run-time type of an interface
 * or union, `false` is an answer.
 */
function guardIsTypeOf(type: GraphQLObjectType): void {
  const { isTypeOf } = type;
  if (!isTypeOf) return;
  const conclude = (answer: boolean, info: GraphQLResolveInfo): boolean => {
    if (answer || getNamedType(info.returnType).name !== type.name) return answer;
    throw toInternalError(new ValueError(type.name, 'the value of a field is not of this type'));
  };
  const fail = (error: unknown): never => {
    throw toClientError(error, type.name);
  };
  const guarded: GraphQLIsTypeOfFn<unknown, unknown> = (value, context, info) => {
    try {
      const answer = isTypeOf(value, context, info);
      if (!isPromise(answer)) return conclude(answer, info);
      return markRejectionHandled(
        Promise.resolve(answer)
          .then((late) => conclude(late, info))
          .catch(fail),
      );
    } catch (error) {
      return fail(error);
    }
  };
  type.isTypeOf = guarded;
}

/** Refuses the run-time types that graphql-js would refuse, and values whose run-time type does not accept them. */
function guardRuntimeType(type: GraphQLAbstractType): void {
  const resolveType = type.resolveType ?? defaultTypeResolver;

  function requireType(name: unknown, { schema }: GraphQLResolveInfo): GraphQLObjectType {
    const found = typeof name === 'string' ? schema.getType(name) : undefined;
    if (isObjectType(found) && schema.isSubType(type, found)) return found;
    throw toInternalError(new ValueError(type.name, 'its `resolveType` found no type of a value'));
  }

  function requireIsTypeOf(isOfType: boolean, name: string): string {
    if (isOfType) return name;
    const problem = 'the `isTypeOf` of the type of a value does not accept it';
    throw toInternalError(new ValueError(name, problem));
  }

  const fail = (error: unknown): never => {
    throw toClientError(error, type.name);
  };

  type.resolveType = (value, context, info, abstractType) => {
    const conclude = (found: unknown) => {
      const { name, isTypeOf } = requireType(found, info);
      const answer = isTypeOf ? isTypeOf(value, context, info) : true;
      return isPromise(answer)
        ? Promise.resolve(answer).then((late) => requireIsTypeOf(late, name))
        : requireIsTypeOf(answer, name);
    };
    try {
      const found = resolveType(value, context, info, abstractType);
      return isPromise(found)
        ? markRejectionHandled(Promise.resolve(found).then(conclude).catch(fail))
        : conclude(found);
    } catch (error) {
      return fail(error);
    }
  };
}
