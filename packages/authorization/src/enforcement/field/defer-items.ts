import type {
  FieldNode,
  GraphQLField,
  GraphQLOutputType,
  GraphQLResolveInfo,
  OperationDefinitionNode,
} from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  visit,
} from 'graphql';
import { type Admission, compileAdmission } from '../../decision/decision.ts';
import { hasGuardedInput } from '../../plan/supplied-input.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { Requirement } from '../../requirements/requirement.ts';
import type { Decider } from '../calls/decider.ts';
import { whenArrived } from '../calls/promises.ts';
import type { Step } from '../calls/step.ts';
import { mapItems } from '../values/list-items.ts';

/**
 * Creates the function that makes the step of a list with non-null items, if a refusal inside an item can make the whole
 * item fail. It returns undefined for every other field.
 *
 * When such an item fails synchronously, graphql-js 16 drops the promises of the items before it, and their later
 * rejections end the process (https://github.com/graphql/graphql-js/issues/3761). The items are therefore wrapped
 * in promises, unless groups admit the viewer to everything in an item that the operation selects.
 */
export function createDeferSteps<TContext>(decider: Decider<TContext>) {
  const { anyIn, allIn } = createRefusals(decider);

  return (type: GraphQLOutputType): Step<'defer', TContext> | undefined => {
    const { name } = getNamedType(type);
    // In a dry run nothing is refused.
    if (decider.report !== undefined || !hasStrictItems(type) || !anyIn(name)) return undefined;
    return {
      name: 'defer',
      run(value, { context, info }) {
        const { admissions, guardsInput } = allIn(name, info);
        const isSafe =
          !guardsInput && decider.admitsToAll(admissions, context, decider.beganAt(context, info));
        return isSafe ? value : deferItems(value, type);
      },
    };
  };
}

/** Whether a list of this type has items that must not be null. */
function hasStrictItems(type: GraphQLOutputType): boolean {
  if (isNonNullType(type)) return hasStrictItems(type.ofType);
  return isListType(type) && (isNonNullType(type.ofType) || hasStrictItems(type.ofType));
}

const deferItems = (value: unknown, declared: GraphQLOutputType): unknown =>
  whenArrived(value, (arrived) => deferArrived(arrived, declared));

function deferArrived(value: unknown, declared: GraphQLOutputType): unknown {
  const type = isNonNullType(declared) ? declared.ofType : declared;
  if (!isListType(type) || value instanceof Error) return value;
  return mapItems(value, (item) => {
    const deferred = deferItems(item, type.ofType);
    return isNonNullType(type.ofType) ? Promise.resolve(deferred) : deferred;
  });
}

/** The checks that can refuse a value of a type, or something inside it whose null propagates to the value. */
interface Refusals {
  readonly admissions: readonly Admission[];
  /** Whether arguments can be refused too, which groups alone cannot decide beforehand. */
  readonly guardsInput: boolean;
}

/** The checks at one type, and the types inside it to visit next. */
interface TypeVisit {
  readonly requirements: readonly Requirement[];
  readonly guardsInput: boolean;
  readonly next: readonly string[];
}

/** Whether an operation selects a field with this name, on whatever type. */
type Selects = (fieldName: string) => boolean;

const selectsAll: Selects = () => true;

/** Creates the lookups: `anyIn` is called at start for every list type, `allIn` whenever a list is read. */
function createRefusals<TContext>(decider: Decider<TContext>) {
  const visitAt = createVisits(decider);
  const without = new Set<string>();
  const ofOperations = new WeakMap<OperationDefinitionNode, (name: string) => Refusals>();

  /** Visits a type and all types inside it, until `visit` returns true. */
  function walk(from: string, selects: Selects, visit: (found: TypeVisit) => boolean) {
    const visited = new Set([from]);
    for (const name of visited) {
      const found = visitAt(name, selects);
      if (visit(found)) return undefined;
      for (const each of found.next) visited.add(each);
    }
    return visited;
  }

  function createRefusalsOf(selects: Selects) {
    const known = new Map<string, Refusals>();
    return (name: string): Refusals => {
      const cached = known.get(name);
      if (cached !== undefined) return cached;
      const requirements = new Set<Requirement>();
      let guardsInput = false;
      walk(name, selects, (found) => {
        for (const each of found.requirements) requirements.add(each);
        guardsInput ||= found.guardsInput;
        return false;
      });
      const found = { admissions: [...requirements].map(compileAdmission), guardsInput };
      known.set(name, found);
      return found;
    };
  }

  return {
    anyIn(name: string): boolean {
      if (without.has(name)) return false;
      const isGuarded = (found: TypeVisit) => found.requirements.length > 0 || found.guardsInput;
      const visited = walk(name, selectsAll, isGuarded);
      for (const each of visited ?? []) without.add(each);
      return visited === undefined;
    },
    /** Cached by operation, and without the fields that it does not select: they cannot refuse anything. */
    allIn(name: string, info: SelectingInfo): Refusals {
      const known = ofOperations.get(info.operation);
      if (known !== undefined) return known(name);
      const names = selectedNames(info);
      const refusalsOf = createRefusalsOf((fieldName) => names.has(fieldName));
      ofOperations.set(info.operation, refusalsOf);
      return refusalsOf(name);
    },
  };
}

type SelectingInfo = Pick<GraphQLResolveInfo, 'operation' | 'fragments'>;

/** Returns the names of all fields in an operation and in the fragments of its document. */
function selectedNames({ operation, fragments }: SelectingInfo): ReadonlySet<string> {
  const names = new Set<string>();
  const addName = ({ name }: FieldNode) => {
    names.add(name.value);
  };
  for (const each of [operation, ...Object.values(fragments)]) visit(each, { Field: addName });
  return names;
}

function createVisits<TContext>({ schema, requirements }: Decider<TContext>) {
  const toVisit = (coordinates: readonly string[], rest: Partial<TypeVisit> = {}): TypeVisit => ({
    requirements: coordinates.map(requirements.returnedAt).filter(({ length }) => length > 0),
    guardsInput: false,
    next: [],
    ...rest,
  });

  return (name: string, selects: Selects): TypeVisit => {
    const type = schema.getType(name);
    if (isEnumType(type)) {
      return toVisit(type.getValues().map((value) => memberCoordinate(name, value.name)));
    }
    if (isAbstractType(type)) {
      const possible = schema.getPossibleTypes(type).map((each) => each.name);
      return toVisit(possible, { next: possible });
    }
    if (!isObjectType(type)) return toVisit([]);
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) && selects(field.name),
    );
    const coordinateOf = (field: GraphQLField<unknown, unknown>) =>
      memberCoordinate(name, field.name);
    return toVisit(fields.map(coordinateOf), {
      guardsInput: fields.some((each) => hasGuardedInput(requirements, each, coordinateOf(each))),
      next: fields.filter((each) => spreads(each.type)).map((each) => getNamedType(each.type).name),
    });
  };
}

/** Whether a null inside a value of this type propagates to the value: nothing in between is nullable. */
function spreads(type: GraphQLOutputType): boolean {
  if (!isNonNullType(type)) return false;
  return isListType(type.ofType) ? spreads(type.ofType.ofType) : true;
}
