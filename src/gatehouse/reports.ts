import {
  type AccessMatrix,
  createAccessMatrix,
  createAccessView,
  createUses,
  ExplainError,
  explainCoordinateInSteps,
  explainGroupInSteps,
  operationColumns,
} from '@graphql-gatehouse/authorization/reports';
import type {
  ComposedSchema,
  OperationVerdicts,
  Steps,
} from '../schema/packages/composed-schema.ts';
import type {
  CheckedRegistry,
  DecidedOperations,
  GroupReport,
  GroupSummary,
  ViewReport,
  WaysReport,
} from '../schema/packages/package-reports.ts';
import { groupFactorsOf } from '../schema/packages/packages.ts';
import { type ReportedSchema, toComposedSchema, verdictsOf } from './reported-schema.ts';

/** Creates the reports on who can access what. Needs no settings and no database. */
export function createReports(reported: ReportedSchema) {
  const composed = toComposedSchema(reported);
  const { schema, requirements, groups, groupSets, notes } = composed;
  const verdicts = verdictsOf(reported.project, composed);
  /** Returns the name of the column of one kind of viewer. @throws {ExplainError} for an unknown group. */
  function columnOf(names: readonly string[] | null): string {
    const unknown = names?.find((name) => !groups.has(name));
    if (unknown !== undefined) throw noGroup(unknown);
    return names === null ? 'anonymous' : names.join(' + ') || 'authenticated';
  }

  /** Returns the column of a viewer in these groups. @throws {ExplainError} for an unknown group. */
  function viewerIn(names: readonly string[]): OperationColumn {
    const name = columnOf(names);
    const column = operationColumns([], setsOf(names)).find((each) => each.name === name);
    if (column === undefined) throw new Error('unreachable');
    return column;
  }

  /** Decides the operations of front ends for one kind of viewer. */
  function* decide(column: string, viewers: Viewers): Steps<DecidedOperations> {
    if (verdicts === undefined) return noOperations;
    const checked = yield* verdicts.decide(viewers);
    return verdictsIn(checked, checked.registry.columns.indexOf(column));
  }

  return {
    accessMatrix: (): AccessMatrix => ({ ...createAccessMatrix(schema, requirements), notes }),
    groups: () => listGroups(composed, groupFactorsOf(reported.project.config)),
    /** Reports on a viewer in these groups, or anonymous. @throws {ExplainError} for an unknown group. */
    *viewAs(names: readonly string[] | null): Steps<ViewReport> {
      const column = columnOf(names);
      return {
        groups: names && groups.inEffect(names),
        rows: createAccessView(schema, requirements, names),
        ...(yield* decide(column, { groups: [], groupSets: setsOf(names) })),
      };
    },
    /**
     * Explains the ways to a coordinate, and which operations of front ends use it. With `names`, for a viewer in these groups
     * alone.
     *
     * @throws {ExplainError} for a coordinate or a group that the schema does not have.
     */
    *explainCoordinate(
      coordinate: string,
      maxWays: number,
      names?: readonly string[],
    ): Steps<WaysReport> {
      const column = names && columnOf(names);
      const columns =
        names === undefined
          ? operationColumns(groups.names, groupSets)
          : operationColumns([], setsOf(names)).filter(({ name }) => name === column);
      const request = { schema, requirements, columns };
      const explanation = yield* explainCoordinateInSteps(request, coordinate, maxWays);
      const found = verdicts?.find(createUses(schema, coordinate)) ?? noOperations;
      return { ...explanation, ...found };
    },
    /**
     * Explains what a group reaches with the groups `beside`, and what it opens to a viewer in these alone. Says what the
     * operations of front ends get by the group alone.
     *
     * @throws {ExplainError} for a group that the schema does not have.
     */
    *explainGroup(group: string, beside: readonly string[] = []): Steps<GroupReport> {
      const column = viewerIn([...beside.filter((each) => each !== group), group]);
      const explanation = yield* explainGroupInSteps(
        { schema, requirements },
        column,
        viewerIn(beside),
      );
      const decided = yield* decide(group, { groups: [group], groupSets: [] });
      return { ...explanation, implies: groups.impliedBy(group), ...decided };
    },
    /** Decides the operations of front ends for each kind of viewer. Undefined: the project has no package for them. */
    operations: (): Steps<CheckedRegistry> | undefined =>
      verdicts?.decide({ groups: groups.names, groupSets }),
  };
}

const setsOf = (names: readonly string[] | null): readonly (readonly string[])[] =>
  names === null || names.length === 0 ? [] : [names];

function listGroups(
  { schema, groups }: ComposedSchema,
  asked: Readonly<Record<string, 1 | 2>>,
): readonly GroupSummary[] {
  const type = schema.getType('Group');
  const values = type !== undefined && 'getValues' in type ? type.getValues() : [];
  return values.map(({ name, description = null }) => ({
    name,
    description,
    implies: groups.impliedBy(name),
    factors: [name, ...groups.impliedBy(name)].some((each) => asked[each] === 2) ? 2 : 1,
  }));
}

const noGroup = (name: string) => new ExplainError([`The schema has no group ${name}.`]);

const noOperations = { operations: [], problems: [] };

type OperationColumn = ReturnType<typeof operationColumns>[number];

type Viewers = Parameters<OperationVerdicts['decide']>[0];

/** Returns the verdicts of one column. */
const verdictsIn = ({ registry, problems }: CheckedRegistry, index: number): DecidedOperations => ({
  operations: registry.files.flatMap(({ name: file, operations }) =>
    operations.map(({ name: operation, verdicts }) => ({
      file,
      operation,
      verdict: verdicts[index] ?? '',
    })),
  ),
  problems,
});
