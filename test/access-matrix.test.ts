import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createSchemaReport, toMarkdown } from '../src/gatehouse/schema-report.ts';
import { accessMatrixPath } from '../src/schema/project-files.ts';
import { roomsProject } from './support/rooms-project.ts';

it('access-matrix.md says what the schema says: else look, then `access-matrix --write`', async () => {
  const matrix = createSchemaReport(roomsProject).accessMatrix();
  expect(await readFile(accessMatrixPath(roomsProject), 'utf8')).toBe(toMarkdown(matrix));
});
