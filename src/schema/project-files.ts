import { join } from 'node:path';
import type { Project } from './project.ts';

/** Where a project keeps its reviewed access matrix. */
export const accessMatrixPath = ({ directory }: Project): string =>
  join(directory, 'access-matrix.md');

/** Where `generate` writes the composed schema of a project, for its other tools. */
export const generatedSchemaPath = ({ directory }: Project): string =>
  join(directory, 'src', 'generated', 'schema.graphql');
