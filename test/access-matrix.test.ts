import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createSchemaReport, toMarkdown } from '../src/gatehouse/schema-report.ts';
import { accessMatrixPath } from '../src/schema/project-files.ts';
import { organizationsProject } from './support/organizations/world.ts';
import { roomsProject } from './support/rooms-project.ts';
import { wardsProject } from './support/wards/world.ts';

it.each([
  { example: 'rooms', project: roomsProject },
  { example: 'wards', project: wardsProject },
  { example: 'organizations', project: organizationsProject },
])(
  'the access-matrix.md of $example says what the schema says: else look, then `access-matrix --write`',
  async ({ project }) => {
    const matrix = createSchemaReport(project).accessMatrix();
    expect(await readFile(accessMatrixPath(project), 'utf8')).toBe(toMarkdown(matrix));
  },
);
