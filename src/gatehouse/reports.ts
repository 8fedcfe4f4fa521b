import type { Authorization } from '@graphql-gatehouse/authorization';
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
import type { Context } from '../context/context.ts';
import { type CheckedRegistry, createRegistry } from '../operation/registry/create-registry.ts';
import { type ReadOperations, readOperationFiles } from '../operation/registry/operation-files.ts';
import type { AnyDomain } from '../schema/domain.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import { createPricing } from '../schema/pricing.ts';
import type { Project } from '../schema/project.ts';
import { configuredOperations } from '../schema/project-files.ts';
import type { Groups } from '../values/groups.ts';

/** An operation of the configured files. */
interface NamedOperation {
  readonly file: string;
  readonly operation: string;
}

/** What a viewer gets for it. */
type DecidedOperation = NamedOperation & { readonly verdict: string };

/** `problems`: what is wrong with the files of operations. */
export interface ExplainedCoordinate extends CoordinateExplanation {
  readonly operations: readonly NamedOperation[];
  readonly problems: readonly string[];
}

/** `problems`: what is wrong with the operations, which are left out then. */
export interface ExplainedGroup extends GroupExplanation {
  readonly operations: readonly DecidedOperation[];
  readonly problems: readonly string[];
}

/** What one kind of viewer can access: the first cell of each row. `problems` are as of `ExplainedGroup`. */
export interface AccessView {
  readonly rows: readonly AccessRow[];
  readonly operations: readonly DecidedOperation[];
  readonly problems: readonly string[];
}

/** A report that is made in steps, so that a server can do other work between them. */
export type Steps<Result> = Generator<undefined, Result>;

/** The schema that is reported on. */
export interface ReportedSchema {
  readonly project: Project;
  readonly guarded: Authorization<Context>;
  readonly domains: readonly AnyDomain[];
  readonly groups: Groups;
}

/** Says what groups ask for beside the guards, for the access matrix. */
export const describeDemands = ({ config }: Project): readonly string[] =>
  packagesOf(config)
    .flatMap(({ groupFactors = {} }) => Object.entries(groupFactors))
    .map(([group, factors]) => describeDemand(group, factors));

/** Says how many kinds of factors a group asks for. */
export function describeDemand(group: string, factors: number): string {
  const kinds = factors === 1 ? '1 kind' : `${factors} kinds`;
  return `**${group}** is held by sessions that have proved ${kinds} of factors.`;
}

/** Creates the reports on who can access what. Needs no settings and no database. */
export function createReports({ project, guarded, domains, groups }: ReportedSchema) {
  const { source: schema, requirements } = guarded;
  const groupSets = project.config.groupSets ?? [];
  const columns = () => operationColumns(groups.names, groupSets);
  const readConfigured = () => readOperationFiles(configuredOperations(project), project.directory);

  const deciding = { authorization: guarded, pricing: createPricing(domains) };
  const registryOf = (read: ReadOperations): Steps<CheckedRegistry> =>
    createRegistry({ ...deciding, groups: groups.names, groupSets }, read);

  return {
    accessMatrix: (): AccessMatrix & { readonly notes: readonly string[] } =>
      Object.assign(createAccessMatrix(schema, requirements), { notes: describeDemands(project) }),
    /** Reports on a viewer in these groups, or anonymous. @throws {ExplainError} for an unknown group. */
    *viewAs(names: readonly string[] | null): Steps<AccessView> {
      const unknown = names?.find((name) => !groups.has(name));
      if (unknown !== undefined) throw noGroup(unknown);
      const groupSets = names === null || names.length === 0 ? [] : [names];
      const sole = { ...deciding, groups: [], groupSets };
      const checked = yield* createRegistry(sole, readConfigured());
      const column = names === null ? 'anonymous' : names.join(' + ') || 'authenticated';
      return {
        rows: createAccessView(schema, requirements, names),
        ...verdictsIn(checked, checked.registry.columns.indexOf(column)),
      };
    },
    /**
     * Explains the ways to a coordinate, and which operations of the configured files use it.
     *
     * @throws {ExplainError} for a coordinate that the schema does not have.
     */
    *explainCoordinate(coordinate: string, maxWays: number): Steps<ExplainedCoordinate> {
      const request = { schema, requirements, columns: columns() };
      const explanation = yield* explainCoordinateInSteps(request, coordinate, maxWays);
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
    *explainGroup(group: string): Steps<ExplainedGroup> {
      if (!groups.has(group)) throw noGroup(group);
      const sole = operationColumns([group]);
      const column = sole.find(({ name }) => name === group);
      const base = sole.find(({ name }) => name === 'authenticated');
      if (base === undefined || column === undefined) throw new Error('unreachable');
      const explanation = yield* explainGroupInSteps({ schema, requirements }, column, base);
      const deciders = { ...deciding, groups: [group], groupSets: [] };
      const checked = yield* createRegistry(deciders, readConfigured());
      return { ...explanation, ...verdictsIn(checked, sole.indexOf(column)) };
    },
    /** Decides the operations of files and folders for each kind of viewer. Default: the configured ones. */
    operations: (paths?: readonly string[]): Steps<CheckedRegistry> =>
      registryOf(
        paths === undefined ? readConfigured() : readOperationFiles(paths, project.directory),
      ),
  };
}

const noGroup = (name: string) => new ExplainError([`The schema has no group ${name}.`]);

/** Returns the verdicts of one column. */
const verdictsIn = ({ registry, problems }: CheckedRegistry, index: number) => ({
  operations: registry.files.flatMap(({ name: file, operations }) =>
    operations.map(({ name: operation, cells }): DecidedOperation => {
      const cell = cells[index];
      return { file, operation, verdict: cell === undefined ? '' : printVerdict(cell) };
    }),
  ),
  problems,
});
