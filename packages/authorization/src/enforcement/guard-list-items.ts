import type { GraphQLField, GraphQLNamedType, GraphQLOutputType } from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { type Admission, compileAdmission } from '../decision/decision.ts';
import { isPromise } from '../decision/is-promise.ts';
import { hasGuardedInput } from '../plan/supplied-input.ts';
import { memberCoordinate } from '../requirements/coordinate.ts';
import type { Requirement } from '../requirements/requirement.ts';
import type { Decider } from './decider.ts';
import type { Resolver } from './field-guard.ts';
import { markHandled } from './mark-handled.ts';

/**
 * Creates the function that wraps the resolver of a list with non-null items, if a refusal inside an item can
 * make the whole item fail. It returns undefined for every other field.
 *
 * When such an item fails synchronously, graphql-js 16 drops the promises of the items before it, and their later
 * rejections end the process (https://github.com/graphql/graphql-js/issues/3761). The items are therefore wrapped
 * in promises, unless groups admit the viewer to everything in an item.
 */
export function createListGuard<TContext>(decider: Decider<TContext>) {
  const { anyIn, allIn } = createRefusals(decider);

  return (
    type: GraphQLOutputType,
    resolver: Resolver<TContext>,
  ): Resolver<TContext> | undefined => {
    const { name } = getNamedType(type);
    if (!hasStrictItems(type) || !anyIn(name)) return undefined;
    return (source, args, context, info) => {
      const value = resolver(source, args, context, info);
      const { admissions, guardsInput } = allIn(name);
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
  if (isPromise(value)) return markHandled(value.then((late) => deferItems(late, given)));
  const type = isNonNullType(given) ? given.ofType : given;
  if (!isListType(type) || !isIterable(value)) return value;
  return Array.from(value, (item) => {
    const deferred = deferItems(item, type.ofType);
    return isNonNullType(type.ofType) ? Promise.resolve(deferred) : deferred;
  });
}

/** Whether the executor treats a value as a list: any iterable object, but not a string. */
export const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

/** The checks that can refuse a value of a type, or something inside it whose null propagates to the value. */
interface Refusals {
  readonly admissions: readonly Admission[];
  /** Whether arguments can be refused too, which groups alone cannot decide beforehand. */
  readonly guardsInput: boolean;
}

/** The checks at one type, and the types inside it to visit next. */
interface Step {
  readonly requirements: readonly Requirement[];
  readonly guardsInput: boolean;
  readonly next: readonly string[];
}

/** Creates the lookups: `anyIn` is called at start for every list type, `allIn` when a list is read, then cached. */
function createRefusals<TContext>(decider: Decider<TContext>) {
  const stepAt = createSteps(decider);
  const without = new Set<string>();
  const known = new Map<string, Refusals>();

  /** Visits a type and all types inside it, until `visit` returns true. */
  function walk(from: string, visit: (step: Step) => boolean): ReadonlySet<string> | undefined {
    const visited = new Set([from]);
    for (const name of visited) {
      const step = stepAt(name);
      if (visit(step)) return undefined;
      for (const each of step.next) visited.add(each);
    }
    return visited;
  }

  return {
    anyIn(name: string): boolean {
      if (without.has(name)) return false;
      const visited = walk(name, (step) => step.requirements.length > 0 || step.guardsInput);
      for (const each of visited ?? []) without.add(each);
      return visited === undefined;
    },
    allIn(name: string): Refusals {
      const cached = known.get(name);
      if (cached !== undefined) return cached;
      const requirements = new Set<Requirement>();
      let guardsInput = false;
      walk(name, (step) => {
        for (const each of step.requirements) requirements.add(each);
        guardsInput ||= step.guardsInput;
        return false;
      });
      const found = { admissions: [...requirements].map(compileAdmission), guardsInput };
      known.set(name, found);
      return found;
    },
  };
}

function createSteps<TContext>({ schema, requirements }: Decider<TContext>) {
  const known = new Map<string, Step>();
  const toStep = (coordinates: readonly string[], rest: Partial<Step> = {}): Step => ({
    requirements: coordinates.map(requirements.at).filter(({ length }) => length > 0),
    guardsInput: false,
    next: [],
    ...rest,
  });

  function read(type: GraphQLNamedType | undefined): Step {
    if (isEnumType(type)) {
      return toStep(type.getValues().map(({ name }) => memberCoordinate(type.name, name)));
    }
    if (isAbstractType(type)) {
      const possible = schema.getPossibleTypes(type).map(({ name }) => name);
      return toStep(possible, { next: possible });
    }
    if (!isObjectType(type)) return toStep([]);
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
    const coordinateOf = ({ name }: GraphQLField<unknown, unknown>) =>
      memberCoordinate(type.name, name);
    return toStep(fields.map(coordinateOf), {
      guardsInput: fields.some((each) => hasGuardedInput(requirements, each, coordinateOf(each))),
      next: fields.filter((each) => spreads(each.type)).map((each) => getNamedType(each.type).name),
    });
  }

  return (name: string): Step => {
    const step = known.get(name) ?? read(schema.getType(name));
    known.set(name, step);
    return step;
  };
}

/** Whether a null inside a value of this type propagates to the value: nothing in between is nullable. */
function spreads(type: GraphQLOutputType): boolean {
  if (!isNonNullType(type)) return false;
  return isListType(type.ofType) ? spreads(type.ofType.ofType) : true;
}
