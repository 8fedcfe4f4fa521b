import type { Authorization } from '@gatehouse/authorization';
import {
  type CoordinateExplanation,
  createAccessMatrix,
  createUses,
  ExplainError,
  explain,
  explainCoordinate,
  explainGroup,
  type GroupExplanation,
  listFindings,
  listGroupRights,
  operationColumns,
  parseOperation,
  printFederationSchema,
  printGuardedSchema,
  printVerdict,
  printVisibleSchema,
  toRegistryMarkdown,
} from '@gatehouse/authorization/reports';
import type { Context } from '../context/context.ts';
import { createRegistry } from '../operation/registry/create-registry.ts';
import { describeChanges } from '../operation/registry/describe-changes.ts';
import { type ReadOperations, readOperationFiles } from '../operation/registry/operation-files.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import { createPricing } from '../schema/pricing.ts';
import type { Project } from '../schema/project.ts';
import { configuredOperations } from '../schema/project-files.ts';
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
  printCoordinateExplanation,
  printExplanation,
  printGroupExplanation,
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

/** An operation of the configured files. */
interface NamedOperation {
  readonly file: string;
  readonly operation: string;
}

/** `problems`: what is wrong with the files of operations. */
export interface ExplainedCoordinate extends CoordinateExplanation {
  readonly operations: readonly NamedOperation[];
  readonly problems: readonly string[];
}

/** `problems`: what is wrong with the operations, which are left out then. */
export interface ExplainedGroup extends GroupExplanation {
  readonly operations: readonly (NamedOperation & { readonly verdict: string })[];
  readonly problems: readonly string[];
}

type ExplainRequest = Pick<
  Parameters<typeof explain>[0],
  'groups' | 'operationName' | 'variableValues'
>;

/** @throws {CompositionError} when the schema cannot be served. */
export function createSchemaReport(project: Project) {
  const { get } = createParts([given.as(project)]);
  const guarded = get(reportedAuthorization);
  const { source: schema, requirements } = guarded;
  const groupSets = project.config.groupSets ?? [];
  const columns = () => operationColumns(get(projectSchema).groups.names, groupSets);
  const readConfigured = () => readOperationFiles(configuredOperations(project), project.directory);

  function registryOf(read: ReadOperations) {
    const { domains, groups } = get(projectSchema);
    return createRegistry(
      {
        authorization: guarded,
        pricing: createPricing(domains),
        groups: groups.names,
        groupSets,
      },
      read,
    );
  }

  return {
    accessMatrix: () =>
      Object.assign(createAccessMatrix(schema, requirements), { notes: describeDemands(project) }),
    /** @throws {ExplainError} for an operation that is not valid, and for an unknown group. */
    explain: (operation: string, request: ExplainRequest) =>
      explain({ schema, requirements, document: parseOperation(operation), ...request }),
    /**
     * Explains the ways to a coordinate, and which operations of the configured files use it.
     *
     * @throws {ExplainError} for a coordinate that the schema does not have.
     */
    explainCoordinate(coordinate: string, maxWays: number): ExplainedCoordinate {
      const request = { schema, requirements, columns: columns() };
      const explanation = explainCoordinate(request, coordinate, maxWays);
      const uses = createUses(schema, coordinate);
      const { files, problems } = readConfigured();
      const operations = files.flatMap(({ name: file, operations }) =>
        operations
          .filter(({ document }) => uses(document))
          .map(({ name: operation }) => ({ file, operation })),
      );
      return { ...explanation, operations, problems };
    },
    /**
     * Explains what a group reaches, and what each operation of the configured files gets.
     *
     * @throws {ExplainError} for a group that the schema does not have.
     */
    explainGroup(group: string): ExplainedGroup {
      const all = columns();
      const index = all.findIndex(({ name }) => name === group);
      const [base, column] = [all.find(({ name }) => name === 'authenticated'), all[index]];
      if (
        base === undefined ||
        column === undefined ||
        !get(projectSchema).groups.names.includes(group)
      ) {
        throw new ExplainError([`The schema has no group ${group}.`]);
      }
      const explanation = explainGroup({ schema, requirements }, column, base);
      const { registry, problems } = registryOf(readConfigured());
      const operations = registry.files.flatMap((file) =>
        file.operations.map(({ name: operation, cells }) => {
          const cell = cells[index];
          return {
            file: file.name,
            operation,
            verdict: cell === undefined ? '' : printVerdict(cell),
          };
        }),
      );
      return { ...explanation, operations, problems };
    },
    /** Lists what groups admit to, for what was counted. */
    groupRights: () => listGroupRights(schema, requirements),
    /** Finds where viewers could get more than the guards intend. Gatehouse's own coordinates are left out. */
    findings() {
      const own = get(ownCoordinates);
      return listFindings(schema, requirements).filter(({ coordinate }) => !own.has(coordinate));
    },
    /** Decides the operations of files and folders for each kind of viewer. */
    operations(paths: readonly string[]) {
      const checked = registryOf(readOperationFiles(paths, project.directory));
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
