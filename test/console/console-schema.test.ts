import { readFile } from 'node:fs/promises';
import { schemaHash } from '@graphql-gatehouse/authorization/rules';
import { gatehouseConsole } from '@graphql-gatehouse/console';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { createSchemaReport } from '../../src/gatehouse/schema-report.ts';
import { roomsProject } from '../support/rooms-project.ts';

it('the pages of the console are built for the schema of Gatehouse with all packages that they know', async () => {
  const packages = [factors(), mail({ signUp: true }), gatehouseConsole()];
  const report = createSchemaReport({ directory: roomsProject.directory, config: { packages } });
  const file = new URL('../../packages/console/pages/schema.graphql', import.meta.url);
  const written = buildSchema(await readFile(file, 'utf8'));
  expect(schemaHash(written)).toBe(schemaHash(buildSchema(report.print())));
});
