import { isPromise } from '@graphql-tools/utils';
import type { GraphQLNamedType, GraphQLOutputType } from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { memberCoordinate } from './coordinate.ts';
import type { Decider } from './decider.ts';
import { type Admission, compileAdmission } from './decision.ts';
import type { Resolver } from './gate.ts';
import { heard } from './heard.ts';
import type { Requirement } from './requirement.ts';
import { hasGuardedInput } from './supplied-input.ts';

/**
 * Makes the function that wraps the resolver of a list in which a refusal can take a whole item with it,
 * since null may not stand in its place; undefined for every other field.
 *
 * When such an item fails at once, graphql-js 16 drops the promises of the items before it, and what
 * they reject with later ends the process (https://github.com/graphql/graphql-js/issues/3761). Given as
 * promises, no item fails at once. Whom groups admit to all that is in an item gets the list as it is.
 */
export function createListGuard<TContext>(decider: Decider<TContext>) {
  const refusalsIn = createRefusals(decider);

  return (
    type: GraphQLOutputType,
    resolver: Resolver<TContext>,
  ): Resolver<TContext> | undefined => {
    if (!hasStrictItems(type)) return undefined;
    const { requirements, guardsInput } = refusalsIn(getNamedType(type));
    if (requirements.size === 0 && !guardsInput) return undefined;
    const admissions: readonly Admission[] = [...requirements].map(compileAdmission);
    return (source, args, context, info) => {
      const value = resolver(source, args, context, info);
      const isSafe = !guardsInput && decider.admitsToAll(admissions, context);
      return isSafe ? value : deferItems(value, type);
    };
  };
}

/** Whether a list of this type has items that must not be null. */
function hasStrictItems(type: GraphQLOutputType): boolean {
  if (isNonNullType(type)) return hasStrictItems(type.ofType);
  return isListType(type) && (isNonNullType(type.ofType) || hasStrictItems(type.ofType));
}

function deferItems(value: unknown, given: GraphQLOutputType): unknown {
  if (isPromise(value)) return heard(value.then((late) => deferItems(late, given)));
  const type = isNonNullType(given) ? given.ofType : given;
  if (!isListType(type) || !isIterable(value)) return value;
  return Array.from(value, (item) => {
    const deferred = deferItems(item, type.ofType);
    return isNonNullType(type.ofType) ? Promise.resolve(deferred) : deferred;
  });
}

/** A list by the executor's measure: any iterable object; a string is a value. */
export const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

interface Refusals {
  readonly requirements: Set<Requirement>;
  /** Whether arguments can be refused as well, of which groups alone say nothing beforehand. */
  guardsInput: boolean;
}

/** Finds what can refuse a value of a type itself, or anything in it whose refusal spreads to it. */
function createRefusals<TContext>({ schema, requirements }: Decider<TContext>) {
  const known = new Map<string, Refusals>();

  function collect(type: GraphQLNamedType, found: Refusals, visited: Set<GraphQLNamedType>): void {
    if (visited.has(type)) return;
    visited.add(type);
    const add = (coordinate: string): void => {
      const requirement = requirements.at(coordinate);
      if (requirement.length > 0) found.requirements.add(requirement);
    };
    if (isEnumType(type)) {
      for (const { name } of type.getValues()) add(memberCoordinate(type.name, name));
    } else if (isAbstractType(type)) {
      for (const possible of schema.getPossibleTypes(type)) {
        add(possible.name);
        collect(possible, found, visited);
      }
    } else if (isObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (!isNonNullType(field.type)) continue;
        const coordinate = memberCoordinate(type.name, field.name);
        add(coordinate);
        found.guardsInput ||= hasGuardedInput(requirements, field, coordinate);
        if (spreads(field.type)) collect(getNamedType(field.type), found, visited);
      }
    }
  }

  return ({ name }: GraphQLNamedType): Refusals => {
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    const found: Refusals = { requirements: new Set(), guardsInput: false };
    // The decider's own schema: types of the copy have other identities, and the same names.
    const type = schema.getType(name);
    if (type !== undefined) collect(type, found, new Set());
    known.set(name, found);
    return found;
  };
}

/** Whether null may stand nowhere between a value of this type and what is in it. */
function spreads(type: GraphQLOutputType): boolean {
  if (!isNonNullType(type)) return false;
  return isListType(type.ofType) ? spreads(type.ofType.ofType) : true;
}
