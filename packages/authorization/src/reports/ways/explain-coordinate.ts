import type { DocumentNode, GraphQLArgument, GraphQLInputField, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  parse,
} from 'graphql';
import type { Viewer } from '../../decision/viewer.ts';
import { isNegative } from '../../enforcement/operation/decide-used-coordinate.ts';
import { argumentCoordinate, memberCoordinate, typeNameOf } from '../../requirements/coordinate.ts';
import type { Reference } from '../../requirements/references.ts';
import type { Requirement } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { ExplainError } from '../explain.ts';
import { createLocateGuard } from '../locate-guard.ts';
import {
  createDecideForAnyVariables,
  decideAsProved,
} from '../operations/decide-for-any-variables.ts';
import { namedCoordinates } from '../operations/named-coordinates.ts';
import type { OperationColumn } from '../operations/operation-registry.ts';
import { printVerdict } from '../operations/operation-verdict.ts';
import { leastOf } from '../operations/variable-ranges.ts';
import { printRequirement } from '../print-requirement.ts';
import { findWays, type Way } from './find-ways.ts';
import { printWay } from './print-way.ts';
import { createSchemaGraph } from './schema-graph.ts';

/** One coordinate on a way. */
export interface WayStep {
  readonly coordinate: string;
  /** The object type of its value with its own requirement, where the field returns an interface or union. */
  readonly on?: { readonly coordinate: string; readonly requirement: Requirement };
  /** Empty: every viewer may take this step. */
  readonly requirement: Requirement;
  /** The ids among its arguments that name rows, or its own. */
  readonly references: readonly (Reference & { readonly coordinate: string })[];
}

/** What a coordinate on a way asks for, as SDL. Empty: nothing. */
interface Guarded {
  readonly coordinate: string;
  readonly guards: readonly string[];
}

/** One coordinate on a way, in print. */
export interface ExplainedStep extends Guarded {
  /** The object type of its value, where the field returns an interface or union. */
  readonly on: Guarded | null;
  /** Where its guards and those of that type are in SDL, as `file:line`. */
  readonly places: readonly string[];
  /** The ids among its arguments that name rows, or its own. `rows`: the policies of which one must admit the row. */
  readonly ids: readonly (Reference & { readonly coordinate: string })[];
}

/** One way from a root field to a coordinate. */
export interface ExplainedWay {
  readonly steps: readonly ExplainedStep[];
  /** The operation that goes this way and selects and supplies nothing else. */
  readonly operation: string;
  /** What that operation gets, in the order of the columns: the verdict of a registry. */
  readonly verdicts: readonly string[];
}

/** The ways to a coordinate, the shortest first. `hasMore`: there are others. */
export interface CoordinateExplanation {
  readonly coordinate: string;
  readonly columns: readonly string[];
  readonly ways: readonly ExplainedWay[];
  readonly hasMore: boolean;
}

/** A schema, its compiled guards, and the viewers that are asked about. */
export interface WaysRequest {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly columns: readonly OperationColumn[];
}

/**
 * Explains how a coordinate is reached: the ways from root fields, what each of them requires, and who passes. Each way is
 * decided as the operation that goes it. Where the type of a value is known only while it runs, it is taken for that of
 * the way. Pure.
 *
 * @throws {ExplainError} for a coordinate that the schema does not have.
 */
export const explainCoordinate = (
  request: WaysRequest,
  coordinate: string,
  maxWays: number,
): CoordinateExplanation => finishSteps(explainCoordinateInSteps(request, coordinate, maxWays));

/**
 * Explains the same in steps: it yields after each way and while it searches, so that a server can do other work meanwhile.
 *
 * @throws {ExplainError} as `explainCoordinate` does, from the first step.
 */
export function* explainCoordinateInSteps(
  request: WaysRequest,
  coordinate: string,
  maxWays: number,
): Generator<undefined, CoordinateExplanation> {
  const { schema, requirements, columns } = request;
  const found = yield* findWays(createSchemaGraph(schema), coordinate, maxWays);
  if (found === undefined) throw new ExplainError([`The schema has no ${coordinate}.`]);
  const locate = createLocateGuard(schema);
  const placesOf = (step: Pick<WayStep, 'coordinate' | 'requirement'>) =>
    step.requirement.flatMap((clause) => locate(step.coordinate, clause) ?? []);
  const explainStep = (step: WayStep): ExplainedStep => {
    const { on, references: ids } = step;
    const places = new Set([step, ...(on === undefined ? [] : [on])].flatMap(placesOf));
    return {
      ...guarded(step),
      on: on === undefined ? null : guarded(on),
      places: [...places],
      ids,
    };
  };
  const explainWay = (way: Way): ExplainedWay => {
    const steps = toSteps(requirements, way);
    const operation = printWay(schema, way);
    const decide = createDecideWay({ schema, requirements }, { steps, operation });
    const verdicts = columns.map(({ viewer }) => decide(viewer));
    return { steps: steps.map(explainStep), operation, verdicts };
  };
  const ways: ExplainedWay[] = [];
  for (const way of found.ways) {
    yield;
    ways.push(explainWay(way));
  }
  const names = columns.map(({ name }) => name);
  return { coordinate, columns: names, ways, hasMore: found.hasMore };
}

const guarded = ({
  coordinate,
  requirement,
}: Pick<WayStep, 'coordinate' | 'requirement'>): Guarded => ({
  coordinate,
  guards: [...new Set(requirement.map((clause) => printRequirement([clause])))],
});

/** Runs all steps, and returns their result. */
export function finishSteps<Result>(steps: Generator<undefined, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/**
 * Decides a way: it is refused where a value of its types would be, or what its fields must be given, and otherwise as its
 * operation.
 */
export function createDecideWay(
  guards: Pick<WaysRequest, 'schema' | 'requirements'>,
  { steps, operation }: { readonly steps: readonly WayStep[]; readonly operation: string },
): (viewer: Viewer) => string {
  const { schema, requirements } = guards;
  const decide = createDecideForAnyVariables(guards, parse(operation));
  const passed = steps.flatMap(({ coordinate, on }) => [
    coordinate,
    ...(on ? [on.coordinate] : []),
  ]);
  const required = steps.flatMap(({ coordinate }) => requiredArguments(schema, coordinate));
  return (viewer) => {
    const passes = (coordinate: string): boolean =>
      !isNegative(decideAsProved(requirements.at(coordinate), viewer));
    const needed = required.flatMap(({ coordinate, type }) => [
      coordinate,
      ...(leastOf(type, passes) ?? []),
    ]);
    const refused = [...passed, ...needed].find((coordinate) => !passes(coordinate));
    return refused === undefined ? printVerdict(decide(viewer)) : `refused: ${refused}`;
  };
}

/** The arguments without which a field cannot be selected. */
function requiredArguments(schema: GraphQLSchema, coordinate: string) {
  const owner = schema.getType(typeNameOf(coordinate));
  if (!isObjectType(owner) && !isInterfaceType(owner)) return [];
  const { args = [] } = owner.getFields()[coordinate.slice(owner.name.length + 1)] ?? {};
  return args
    .filter(isRequiredArgument)
    .map(({ name, type }) => ({ coordinate: argumentCoordinate(coordinate, name), type }));
}

/** Returns the steps of a way. That of an argument follows the one of its field. */
export function toSteps(requirements: Requirements, way: Way): readonly WayStep[] {
  const { members, endType, enumValue } = way;
  const steps = members.flatMap((member, index): readonly WayStep[] => {
    const { coordinate, kind } = member;
    const own = { coordinate, requirement: requirements.at(coordinate) };
    if (kind === 'input field') return [{ ...own, references: named(requirements, member) }];
    const returned = getNamedType(member.field.type);
    const next = kind === 'field' ? (members[index + 1]?.owner ?? endType?.name) : undefined;
    const isNarrower = isAbstractType(returned) && next !== undefined && next !== returned.name;
    const ofField = memberCoordinate(member.owner, member.field.name);
    const step = {
      coordinate: ofField,
      requirement: requirements.at(ofField),
      references: member.field.args.flatMap((input) =>
        named(requirements, { coordinate: argumentCoordinate(ofField, input.name), input }),
      ),
      ...(isNarrower && { on: { coordinate: next, requirement: requirements.at(next) } }),
    };
    return kind === 'field' ? [step] : [step, { ...own, references: [] }];
  });
  if (enumValue === undefined || endType === undefined) return steps;
  const coordinate = memberCoordinate(endType.name, enumValue);
  const isReturned = members.at(-1)?.kind === 'field';
  const requirement = isReturned
    ? requirements.returnedAt(coordinate)
    : requirements.at(coordinate);
  return [...steps, { coordinate, requirement, references: [] }];
}

/** Returns the row that an argument or input field names. */
function named(
  { references }: Requirements,
  {
    coordinate,
    input,
  }: { readonly coordinate: string; readonly input: GraphQLArgument | GraphQLInputField },
): WayStep['references'] {
  const found = references.at(coordinate, input.type);
  return found === undefined ? [] : [{ coordinate, ...found }];
}

/** Returns whether operations name a coordinate, or the same member of one of its interfaces. */
export function createUses(
  schema: GraphQLSchema,
  coordinate: string,
): (document: DocumentNode) => boolean {
  const type = schema.getType(typeNameOf(coordinate));
  const names = isObjectType(type)
    ? type.getInterfaces().map(({ name }) => name)
    : isInterfaceType(type)
      ? schema.getPossibleTypes(type).map(({ name }) => name)
      : [];
  const member = coordinate.slice(type?.name.length);
  const counted = new Set([coordinate, ...names.map((name) => `${name}${member}`)]);
  const ofType = `${type?.name}.`;
  return (document) =>
    namedCoordinates(schema, document).some(
      (each) => counted.has(each) || (member === '' && each.startsWith(ofType)),
    );
}
