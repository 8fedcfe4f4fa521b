import type { Authorization } from '@graphql-gatehouse/authorization';
import {
  explain,
  type Finding as FindingOf,
  finishSteps,
  listFindings,
  parseOperation,
  printFederationSchema,
  printGuardedSchema,
  printVisibleSchema,
} from '@graphql-gatehouse/authorization/reports';
import type { Context } from '../context/context.ts';
import type { FindingName } from '../error-pages.ts';
import { findLoosenedGuards, type LoosenedGuards } from '../schema/find-loosened-guards.ts';
import type { Project } from '../schema/project.ts';
import type { Groups } from '../values/groups.ts';
import { project as projectInput } from './app-inputs.ts';
import { createParts } from './part.ts';
import { ownCoordinates, schema as projectSchema, reportedAuthorization } from './parts.ts';
import { toComposedSchema } from './reported-schema.ts';
import { createReports } from './reports.ts';

export {
  acceptFindings,
  type Certainty,
  describeFinding,
  describeMatrixDifference,
  printCoordinateExplanation,
  printExplanation,
  printGroupExplanation,
  toJson,
  toMarkdown,
} from '@graphql-gatehouse/authorization/reports';

/** What `gatehouse check` finds. */
export type Finding = FindingOf<FindingName>;

/** The guarded schema of a project: to print and to explain, never to serve. @throws {CompositionError} */
export const composeForReports = (project: Project): Authorization<Context> =>
  createParts([projectInput.as(project)]).get(reportedAuthorization);

/** The groups of the composed schema. @throws {CompositionError} */
export const groupsOf = (project: Project): Groups =>
  createParts([projectInput.as(project)]).get(projectSchema).groups;

/** Reports about a schema. Needs no settings and no database. */
export type SchemaReport = ReturnType<typeof createSchemaReport>;

const loosenedGuards = (
  { directory, config }: Project,
  composed: Pick<LoosenedGuards, 'schema' | 'groups'>,
): readonly Finding[] => {
  const { guards = {}, newUserGroups = [] } = config;
  if (Object.keys(guards).length === 0) return [];
  const { source: unchanged } = composeForReports({ directory, config: { ...config, guards: {} } });
  return findLoosenedGuards({ ...composed, unchanged, newUserGroups });
};

type ExplainRequest = Pick<
  Parameters<typeof explain>[0],
  'groups' | 'operationName' | 'variableValues'
>;

/** @throws {CompositionError} when the schema cannot be served. */
export function createSchemaReport(project: Project) {
  const { get } = createParts([projectInput.as(project)]);
  const guarded = get(reportedAuthorization);
  const { source: schema, requirements } = guarded;
  const { domains, groups } = get(projectSchema);
  const reported = { project, guarded, domains, groups };
  const reports = createReports(reported);

  return {
    accessMatrix: reports.accessMatrix,
    /** @throws {ExplainError} for a coordinate that the schema does not have. */
    explainCoordinate: (coordinate: string, maxWays: number) =>
      finishSteps(reports.explainCoordinate(coordinate, maxWays)),
    /** @throws {ExplainError} for a group that the schema does not have. */
    explainGroup: (group: string) => finishSteps(reports.explainGroup(group)),
    /** @throws {ExplainError} for an operation that is not valid, and for an unknown group. */
    explain: (operation: string, request: ExplainRequest) =>
      explain({ schema, requirements, document: parseOperation(operation), ...request }),
    /**
     * Finds where viewers could get more than the guards intend. Of Gatehouse's own coordinates, only those are named whose
     * guards the project has loosened.
     */
    findings(): readonly Finding[] {
      const own = get(ownCoordinates);
      const others = listFindings(schema, requirements).filter(
        ({ coordinate }) => !own.has(coordinate),
      );
      return [...others, ...loosenedGuards(project, { schema, groups })];
    },
    composed: () => toComposedSchema(reported),
    print: () => printGuardedSchema(schema),
    /** Prints the part that a viewer in these groups can see. Null: an anonymous viewer. @throws {ExplainError} */
    printVisibleTo: (groups: readonly string[] | null) => printVisibleSchema(guarded, groups),
    /** For a router of Apollo Federation in front, which is given results for `policies`. @throws {ExplainError} */
    printForFederation: (policies: readonly string[]) =>
      printFederationSchema(schema, requirements, { policies }),
  };
}
