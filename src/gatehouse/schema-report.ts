import type { Authorization } from '@gatehouse/authorization';
import {
  createAccessMatrix,
  explain,
  listFindings,
  parseOperation,
  printFederationSchema,
  printGuardedSchema,
  printVisibleSchema,
  toRegistryMarkdown,
} from '@gatehouse/authorization/reports';
import type { Context } from '../context/context.ts';
import { createRegistry } from '../operation/registry/create-registry.ts';
import { describeChanges } from '../operation/registry/describe-changes.ts';
import { readOperationFiles } from '../operation/registry/operation-files.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import { createPricing } from '../schema/pricing.ts';
import type { Project } from '../schema/project.ts';
import type { Groups } from '../values/groups.ts';
import { project as given } from './given.ts';
import { createParts } from './part.ts';
import { ownCoordinates, schema as projectSchema, reportedAuthorization } from './parts.ts';

export {
  acceptFindings,
  type Certainty,
  describeFinding,
  describeMatrixDifference,
  type Finding,
  printExplanation,
  toJson,
  toMarkdown,
} from '@gatehouse/authorization/reports';

/** The guarded schema of a project: to print and to explain, never to serve. @throws {CompositionError} */
export const composeForReports = (project: Project): Authorization<Context> =>
  createParts([given.as(project)]).get(reportedAuthorization);

/** The groups of the composed schema. @throws {CompositionError} */
export const groupsOf = (project: Project): Groups =>
  createParts([given.as(project)]).get(projectSchema).groups;

/** Says what groups ask for beside the guards, for the access matrix. */
const describeDemands = ({ config }: Project): readonly string[] =>
  packagesOf(config)
    .flatMap(({ groupFactors = {} }) => Object.entries(groupFactors))
    .map(([group, factors]) => {
      const kinds = factors === 1 ? '1 kind' : `${factors} kinds`;
      return `**${group}** is held by sessions that have proved ${kinds} of factors.`;
    });

/** Reports about a schema. Needs no settings and no database. */
export type SchemaReport = ReturnType<typeof createSchemaReport>;

type ExplainRequest = Pick<
  Parameters<typeof explain>[0],
  'groups' | 'operationName' | 'variableValues'
>;

/** @throws {CompositionError} when the schema cannot be served. */
export function createSchemaReport(project: Project) {
  const { get } = createParts([given.as(project)]);
  const guarded = get(reportedAuthorization);
  const { source: schema, requirements } = guarded;
  return {
    accessMatrix: () =>
      Object.assign(createAccessMatrix(schema, requirements), { notes: describeDemands(project) }),
    /** @throws {ExplainError} for an operation that is not valid, and for an unknown group. */
    explain: (operation: string, request: ExplainRequest) =>
      explain({ schema, requirements, document: parseOperation(operation), ...request }),
    /** Finds where viewers could get more than the guards intend. Gatehouse's own coordinates are left out. */
    findings() {
      const own = get(ownCoordinates);
      return listFindings(schema, requirements).filter(({ coordinate }) => !own.has(coordinate));
    },
    /** Decides the operations of files and folders for each kind of viewer. */
    operations(paths: readonly string[]) {
      const { domains, groups } = get(projectSchema);
      const checked = createRegistry(
        {
          authorization: guarded,
          pricing: createPricing(domains),
          groups: groups.names,
          groupSets: project.config.groupSets ?? [],
        },
        readOperationFiles(paths, project.directory),
      );
      const notes = describeDemands(project);
      const markdown = toRegistryMarkdown({ ...checked.registry, notes });
      return {
        markdown,
        problems: checked.problems,
        /** Compares a reviewed registry with the present one. */
        changesSince: (reviewed: string) =>
          describeChanges(schema, checked.registry, { reviewed, markdown }),
      };
    },
    print: () => printGuardedSchema(schema),
    /** Prints the part that a viewer in these groups can see. Null: an anonymous viewer. @throws {ExplainError} */
    printVisibleTo: (groups: readonly string[] | null) => printVisibleSchema(guarded, groups),
    /** For a router of Apollo Federation in front, which is given results for `policies`. @throws {ExplainError} */
    printForFederation: (policies: readonly string[]) =>
      printFederationSchema(schema, requirements, { policies }),
  };
}
