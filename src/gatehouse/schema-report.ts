import { join } from 'node:path';
import type { Authorization } from '@gatehouse/authorization';
import {
  type AccessMatrix,
  createAccessMatrix,
  describeOffence,
  type Explanation,
  explain,
  findOracles,
  parseOperation,
  printFederationSchema,
  printGuardedSchema,
  printVisibleSchema,
} from '@gatehouse/authorization/reports';
import type { Context } from '../context/context.ts';
import type { Project } from '../schema/project.ts';
import type { Groups } from '../values/groups.ts';
import { project as given } from './given.ts';
import { createParts } from './part.ts';
import { groups, reportedAuthorization } from './parts.ts';

export {
  describeMatrixDifference,
  printExplanation,
  toJson,
  toMarkdown,
} from '@gatehouse/authorization/reports';

/** The guarded schema of a project: to print and to explain, never to serve. @throws {CompositionError} */
export const composeForReports = (project: Project): Authorization<Context> =>
  createParts([given.as(project)]).get(reportedAuthorization);

/** The groups of the composed schema. @throws {CompositionError} */
export const groupsOf = (project: Project): Groups => createParts([given.as(project)]).get(groups);

/** Where a project keeps its reviewed access matrix. */
export const accessMatrixPath = ({ directory }: Project): string =>
  join(directory, 'access-matrix.md');

/** Where `generate` writes the composed schema of a project, for its other tools. */
export const generatedSchemaPath = ({ directory }: Project): string =>
  join(directory, 'src', 'generated', 'schema.graphql');

/** Reports about a schema. Needs no settings and no database. */
export interface SchemaReport {
  accessMatrix(): AccessMatrix;
  /** @throws {ExplainError} for an operation that is not valid, and for an unknown group. */
  explain(
    operation: string,
    request: Pick<Parameters<typeof explain>[0], 'groups' | 'operationName' | 'variableValues'>,
  ): Explanation;
  /** Finds filters and orders by which viewers can find out values that they may not read, one line for each. */
  oracles(): readonly string[];
  print(): string;
  /** Prints the part that a viewer in these groups can see. Null: an anonymous viewer. @throws {ExplainError} */
  printVisibleTo(groups: readonly string[] | null): string;
  /** For a router of Apollo Federation in front. */
  printForFederation(): string;
}

/** @throws {CompositionError} when the schema cannot be served. */
export function createSchemaReport(project: Project): SchemaReport {
  const guarded = composeForReports(project);
  const { source: schema, requirements } = guarded;
  return {
    accessMatrix: () => createAccessMatrix(schema, requirements),
    explain: (operation, request) =>
      explain({ schema, requirements, document: parseOperation(operation), ...request }),
    oracles: () => findOracles(schema, requirements).map(describeOffence),
    print: () => printGuardedSchema(schema),
    printVisibleTo: (groups) => printVisibleSchema(guarded, groups),
    printForFederation: () => printFederationSchema(schema, requirements),
  };
}
