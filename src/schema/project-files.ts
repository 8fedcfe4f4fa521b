import { join, resolve } from 'node:path';
import type { Project } from './project.ts';

/** Where a project keeps its reviewed access matrix. */
export const accessMatrixPath = ({ directory }: Project): string =>
  join(directory, 'access-matrix.md');

/** Where a project keeps its reviewed operations. */
export const operationsPath = ({ directory }: Project): string => join(directory, 'operations.md');

/** Where `generate` writes the composed schema of a project, for its other tools. */
export const generatedSchemaPath = ({ directory }: Project): string =>
  join(directory, 'src', 'generated', 'schema.graphql');

/** The files and folders of the operations that the configuration names. */
export const configuredOperations = ({ directory, config }: Project): readonly string[] =>
  (config.operations ?? []).map((path) => resolve(directory, path));
