import type {
  GraphQLAbstractType,
  GraphQLEnumType,
  GraphQLIsTypeOfFn,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLScalarType,
} from 'graphql';
import {
  defaultTypeResolver,
  getNamedType,
  isAbstractType,
  isIntrospectionType,
  isLeafType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { wrapSerialize } from '../../graphql-js/leaf-values.ts';
import { toInternalError } from '../calls/internal-error.ts';
import { whenArrived } from '../calls/promises.ts';
import { toClientError, ValueError } from './value-error.ts';

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
      const concluded = whenArrived(isTypeOf(value, context, info), (answer) =>
        conclude(answer, info),
      );
      return whenArrived(concluded, same, fail);
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
      return whenArrived(answer, (isOfType) => requireIsTypeOf(isOfType, name));
    };
    try {
      const found = resolveType(value, context, info, abstractType);
      return whenArrived(whenArrived(found, conclude), same, fail);
    } catch (error) {
      return fail(error);
    }
  };
}

const same = <Value>(value: Value): Value => value;
