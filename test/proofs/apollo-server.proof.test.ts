import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { plain, withLibrary, withGatehouse, ownServer } from '../support/suites/apollo-subjects.ts';
import { createMigratedDatabase } from '../support/test-database.ts';
import { installSuite } from '../support/suites/install-suite.ts';
import { createJestGlobals, jestGlobalsText } from '../support/suites/jest-globals.ts';

const folder = await mkdtemp(join(tmpdir(), 'gatehouse-apollo-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
await installSuite(folder, {
  packages: ['@apollo/server-integration-testsuite@5.5.0'],
  shared: ['graphql', '@apollo/server'],
  replaced: { '@jest/globals': jestGlobalsText },
});
Object.assign(globalThis, { jestGlobals: createJestGlobals({}) });
const { defineIntegrationTestSuite } = await import(
  join(folder, 'node_modules/@apollo/server-integration-testsuite/dist/esm/index.js')
);
const database = await createMigratedDatabase();
afterAll(() => database.drop());
const only = process.env.SUBJECT;
for (const [name, s] of Object.entries({ plain, withLibrary, withGatehouse: withGatehouse(database), ownServer })) if (only === undefined || only === name) describe(name, () => defineIntegrationTestSuite(s));
