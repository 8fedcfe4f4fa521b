import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { getNamedType, getOperationAST, valueFromASTUntyped } from 'graphql';
import type { OperationNeed, OperationNeeds } from '../decision/operation-needs.ts';
import { type ExecutionVariables, variablesFrom } from '../graphql-js/variables.ts';
import { scanConditions } from '../plan/plan-cache.ts';
import type { SuppliedVariables } from '../plan/supplied-input.ts';
import { walkUses } from '../plan/used-coordinates.ts';
import type { GuardedSchema } from './compile-rules.ts';
import { createReferenceNeeds } from './reference-needs.ts';
import { type CoordinateNeed, createRowNeeds } from './row-needs.ts';

/** The maximum number of variables in `@skip` and `@include`. Each one doubles the plans of an operation. */
const maxConditions = 8;

/** The maximum number of alternatives in the condition of a coordinate: this many are sent to each front end. */
const maxAlternatives = 16;

/** One coordinate, and the assignments of conditions with which it is included. */
interface Found extends CoordinateNeed {
  readonly given?: string | undefined;
  readonly in?: string | undefined;
  readonly assignments: Set<number>;
}

/**
 * Compiles what an operation needs by its document: it is planned once for each assignment of the variables in its
 * `@skip` and `@include`, with the walk that the server uses. Returns undefined for a document without an operation.
 *
 * The document has to be valid, and to have one operation.
 *
 * @throws {OperationTooComplexError}
 */
export function compileNeeds(
  guards: GuardedSchema,
  document: DocumentNode,
): OperationNeeds | undefined {
  const operation = getOperationAST(document);
  if (!operation) return undefined;
  const { conditions } = scanConditions(document);
  if (conditions.length > maxConditions) return { needs: [{ at: '' }] };
  const collection = createCollection();
  for (let assignment = 0; assignment < 2 ** conditions.length; assignment += 1) {
    const entries = conditions.map((name, bit) => [name, (assignment & (1 << bit)) !== 0] as const);
    const variableValues = variablesFrom(Object.fromEntries(entries));
    collectNeeds(guards, { document, operation, variableValues }, (each) =>
      collection.add(each, assignment),
    );
  }
  const found = withoutRepeated(guards, collection.all());
  return toNeeds(conditions, found, operation);
}

type Add = (found: Omit<Found, 'assignments'>) => void;

/** Walks an operation as it is, and once more for each of its input variables, with only that one supplied. */
function collectNeeds(
  { schema, requirements }: GuardedSchema,
  planned: {
    readonly document: DocumentNode;
    readonly operation: OperationDefinitionNode;
    readonly variableValues: ExecutionVariables;
  },
  add: Add,
): void {
  function walk(
    supplied: string | undefined,
    readVariable?: (name: string, type: string, maybe: boolean) => void,
  ) {
    const needed = new Map<string, CoordinateNeed>();
    let isBelowRuntimeType = false;
    const variables: SuppliedVariables = (name, type) => {
      readVariable?.(name, getNamedType(type).name, isBelowRuntimeType);
      return name === supplied ? [] : undefined;
    };
    const rowNeeds = createRowNeeds({ schema, requirements }, planned.operation.operation);
    walkUses(
      { ...planned, schema, requirements },
      {
        variables,
        report(found) {
          for (const each of rowNeeds(found)) needed.set(JSON.stringify(each), each);
        },
        enter(field, scope) {
          isBelowRuntimeType = scope.runtimeTypes.length > 0;
          if (supplied === undefined) for (const each of referenceNeeds(field)) add(each);
        },
      },
    );
    return needed;
  }

  const referenceNeeds = createReferenceNeeds({ schema, requirements });
  const names = new Set<string>();
  const always = walk(undefined, (name, type, maybe) => {
    names.add(name);
    if (requirements.isGuardedInput(type)) add({ at: type, in: name, maybe, viewers: undefined });
  });
  for (const each of always.values()) add(each);
  for (const given of names) {
    for (const [key, each] of walk(given)) if (!always.has(key)) add({ ...each, given });
  }
}

function createCollection() {
  const found = new Map<string, Found>();
  return {
    add(each: Omit<Found, 'assignments'>, assignment: number): void {
      const key = JSON.stringify([each.at, each.given, each.in, each.maybe, each.viewers]);
      const known = found.get(key) ?? { ...each, assignments: new Set() };
      known.assignments.add(assignment);
      found.set(key, known);
    },
    /** The certain ones first, and those that no variable has to be given for, and that count for all viewers. */
    all: (): readonly Found[] =>
      [...found.values()].sort(
        (left, right) =>
          Number(left.maybe) - Number(right.maybe) ||
          Number(left.given !== undefined) - Number(right.given !== undefined) ||
          Number(left.viewers !== undefined) - Number(right.viewers !== undefined),
      ),
  };
}

/** Leaves out what an earlier one with the same requirement, or the same variable, has included already. */
function withoutRepeated({ requirements }: GuardedSchema, all: readonly Found[]): readonly Found[] {
  const kept: Found[] = [];
  const topicOf = (found: Found) =>
    found.in === undefined ? requirements.at(found.at) : `${found.at} in ${found.in}`;
  for (const each of all) {
    const alike = kept.filter((other) => topicOf(other) === topicOf(each));
    for (const other of alike) {
      if (other.given !== undefined && other.given !== each.given) continue;
      if (other.viewers !== undefined && !isSame(other.viewers, each.viewers)) continue;
      for (const assignment of other.assignments) each.assignments.delete(assignment);
    }
    if (each.assignments.size === 0) continue;
    const same = alike.find(
      ({ given, maybe, viewers }) =>
        given === each.given && maybe === each.maybe && isSame(viewers, each.viewers),
    );
    if (same === undefined) kept.push(each);
    else for (const assignment of each.assignments) same.assignments.add(assignment);
  }
  return kept;
}

const isSame = (left: CoordinateNeed['viewers'], right: CoordinateNeed['viewers']): boolean =>
  JSON.stringify(left) === JSON.stringify(right);

function toNeeds(
  conditions: readonly string[],
  found: readonly Found[],
  operation: OperationDefinitionNode,
): OperationNeeds {
  const needs: readonly OperationNeed[] = found.map((each) => {
    return {
      at: each.at,
      ...(each.given !== undefined && { given: each.given }),
      ...(each.in !== undefined && { in: each.in }),
      ...(each.maybe && { maybe: true }),
      ...toCondition(conditions, each),
    };
  });
  const named = new Set(
    needs.flatMap(({ given, in: within, when }) => [given, within, when].flat(2)),
  );
  const defaults = (operation.variableDefinitions ?? []).flatMap(
    ({ variable: { name }, defaultValue }) =>
      defaultValue !== undefined && (named.has(name.value) || named.has(`!${name.value}`))
        ? [[name.value, valueFromASTUntyped(defaultValue)] as const]
        : [],
  );
  return {
    needs,
    ...(defaults.length > 0 && { defaults: Object.fromEntries(defaults) }),
  };
}

/**
 * Writes the assignments with which a coordinate is included as alternatives of the variables that make a difference.
 * With too many of them, the coordinate may or may not be included, and the server has to be asked.
 */
function toCondition(
  names: readonly string[],
  { assignments, viewers = [[]] }: Pick<Found, 'assignments' | 'viewers'>,
): Pick<OperationNeed, 'when' | 'maybe'> {
  const variables = names
    .map((name, index) => ({ name, bit: 1 << index }))
    .filter(({ bit }) => [...assignments].some((each) => !assignments.has(each ^ bit)));
  if (variables.length === 0)
    return viewers.some((each) => each.length === 0) ? {} : { when: viewers };
  const alternatives = new Map<string, readonly string[]>();
  for (const each of assignments) {
    const all = variables.map(({ name, bit }) => ((each & bit) === 0 ? `!${name}` : name));
    alternatives.set(all.join(' '), all);
  }
  if (alternatives.size * viewers.length > maxAlternatives) return { maybe: true };
  return {
    when: [...alternatives.values()].flatMap((all) => viewers.map((each) => [...all, ...each])),
  };
}
