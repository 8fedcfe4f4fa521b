import {
  type AccessMatrix,
  type AccessRow,
  type CoordinateExplanation,
  createAccessMatrix,
  createAccessView,
  createUses,
  ExplainError,
  explainCoordinateInSteps,
  explainGroupInSteps,
  type GroupExplanation,
  operationColumns,
  printVerdict,
} from '@graphql-gatehouse/authorization/reports';
import type {
  CheckedRegistry,
  OperationVerdicts,
  Steps,
} from '../schema/packages/composed-schema.ts';
import type { OperationUse, OperationVerdictReport } from '../schema/packages/package-reports.ts';
import { type ReportedSchema, toComposedSchema, verdictsOf } from './composed-schema.ts';

/** `problems`: what is wrong with the files of operations. */
export interface ExplainedCoordinate extends CoordinateExplanation {
  readonly operations: readonly OperationUse[];
  readonly problems: readonly string[];
}

/** `problems`: what is wrong with the operations, which are left out then. */
export interface ExplainedGroup extends GroupExplanation {
  readonly operations: readonly OperationVerdictReport[];
  readonly problems: readonly string[];
}

/** What one kind of viewer can access: the first cell of each row. `problems` are as of `ExplainedGroup`. */
export interface AccessView {
  readonly rows: readonly AccessRow[];
  readonly operations: readonly OperationVerdictReport[];
  readonly problems: readonly string[];
}

/** Creates the reports on who can access what. Needs no settings and no database. */
export function createReports(reported: ReportedSchema) {
  const composed = toComposedSchema(reported);
  const { schema, requirements, groups, groupSets, notes } = composed;
  const verdicts = verdictsOf(reported.project, composed);
  const columns = () => operationColumns(groups.names, groupSets);

  /** Decides the operations of front ends for one kind of viewer. */
  function* decide(column: string, viewers: Viewers): Steps<Decided> {
    if (verdicts === undefined) return noOperations;
    const checked = yield* verdicts.decide(viewers);
    return verdictsIn(checked, checked.registry.columns.indexOf(column));
  }

  return {
    accessMatrix: (): AccessMatrix & { readonly notes: readonly string[] } =>
      Object.assign(createAccessMatrix(schema, requirements), { notes }),
    /** Reports on a viewer in these groups, or anonymous. @throws {ExplainError} for an unknown group. */
    *viewAs(names: readonly string[] | null): Steps<AccessView> {
      const unknown = names?.find((name) => !groups.has(name));
      if (unknown !== undefined) throw noGroup(unknown);
      const groupSets = names === null || names.length === 0 ? [] : [names];
      const column = names === null ? 'anonymous' : names.join(' + ') || 'authenticated';
      return {
        rows: createAccessView(schema, requirements, names),
        ...(yield* decide(column, { groups: [], groupSets })),
      };
    },
    /**
     * Explains the ways to a coordinate, and which operations of front ends use it.
     *
     * @throws {ExplainError} for a coordinate that the schema does not have.
     */
    *explainCoordinate(coordinate: string, maxWays: number): Steps<ExplainedCoordinate> {
      const request = { schema, requirements, columns: columns() };
      const explanation = yield* explainCoordinateInSteps(request, coordinate, maxWays);
      const found = verdicts?.find(createUses(schema, coordinate)) ?? noOperations;
      return { ...explanation, ...found };
    },
    /**
     * Explains what a group reaches, and what the operations of front ends get.
     *
     * @throws {ExplainError} for a group that the schema does not have.
     */
    *explainGroup(group: string): Steps<ExplainedGroup> {
      if (!groups.has(group)) throw noGroup(group);
      const sole = operationColumns([group]);
      const column = sole.find(({ name }) => name === group);
      const base = sole.find(({ name }) => name === 'authenticated');
      if (base === undefined || column === undefined) throw new Error('unreachable');
      const explanation = yield* explainGroupInSteps({ schema, requirements }, column, base);
      return { ...explanation, ...(yield* decide(group, { groups: [group], groupSets: [] })) };
    },
    /** Decides the operations of front ends for each kind of viewer. Undefined: the project has no package for them. */
    operations: (): Steps<CheckedRegistry> | undefined =>
      verdicts?.decide({ groups: groups.names, groupSets }),
  };
}

const noGroup = (name: string) => new ExplainError([`The schema has no group ${name}.`]);

const noOperations = { operations: [], problems: [] };

type Viewers = Parameters<OperationVerdicts['decide']>[0];
type Decided = Pick<AccessView, 'operations' | 'problems'>;

/** Returns the verdicts of one column. */
const verdictsIn = ({ registry, problems }: CheckedRegistry, index: number): Decided => ({
  operations: registry.files.flatMap(({ name: file, operations }) =>
    operations.map(({ name: operation, cells }): OperationVerdictReport => {
      const cell = cells[index];
      return { file, operation, verdict: cell === undefined ? '' : printVerdict(cell) };
    }),
  ),
  problems,
});
