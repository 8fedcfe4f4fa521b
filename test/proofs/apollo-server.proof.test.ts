import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, TestRunner } from 'vitest';
import {
  byTitle,
  gatehouseReasons,
  libraryReasons,
  type Reasons,
  serverReasons,
} from '../support/suites/apollo-differences.ts';
import {
  type CreateServer,
  ownServer,
  plain,
  withGatehouse,
  withLibrary,
} from '../support/suites/apollo-subjects.ts';
import { installSuite } from '../support/suites/install-suite.ts';
import {
  createJestGlobals,
  type Differences,
  jestGlobalsText,
} from '../support/suites/jest-globals.ts';
import { describeTally } from '../support/suites/tally.ts';
import { createMigratedDatabase } from '../support/test-database.ts';

/**
 * `npm run proof -- apollo-server`: Apollo's tests of integrations of Apollo Server, on Apollo Server alone, with the
 * plugin of the library, with the plugin of Gatehouse (on `TEST_DATABASE_URL`), and on Gatehouse's own server.
 */
const name = '@apollo/server-integration-testsuite';
const folder = await mkdtemp(join(tmpdir(), 'gatehouse-apollo-'));
await installSuite(folder, {
  packages: [`${name}@5.5.0`],
  shared: ['graphql', '@apollo/server'],
  replaced: { '@jest/globals': jestGlobalsText },
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let differences: Differences = {};
Object.assign(globalThis, { jestGlobals: createJestGlobals(() => differences) });
interface Suite {
  defineIntegrationTestSuite(createServer: CreateServer): void;
}

/** Loads the suite once more: Apollo Server changes the resolvers of its schemas. */
async function loadSuite(): Promise<Suite> {
  const built = join(folder, 'node_modules', name, 'dist');
  const copy = await mkdtemp(join(built, 'esm-'));
  await cp(join(built, 'esm'), copy, { recursive: true });
  return import(join(copy, 'index.js'));
}

const tell = (line: string) => void process.stdout.write(`${line}\n`);

/** Declares the suite for one subject. Groups are declared one after the other, so the differences are its own. */
async function declare(
  subject: string,
  createServer: CreateServer,
  reasons: Reasons = {},
): Promise<void> {
  const own = byTitle(reasons);
  const failedStarts: string[] = [];
  /** A case must fail by its own assertions, and not because its server does not start. */
  const start: CreateServer = async (...given) => {
    try {
      return await createServer(...given);
    } catch (error) {
      const { name: title = '' } = TestRunner.getCurrentTest() ?? {};
      if (title in own) failedStarts.push(`${title}: ${error}`);
      throw error;
    }
  };
  const { defineIntegrationTestSuite } = await loadSuite();
  const { suite } = describe(subject, () => {
    differences = own;
    defineIntegrationTestSuite(start);
  });
  afterAll(() => {
    if (suite !== undefined) tell(describeTally(suite, own));
    expect(failedStarts).toEqual([]);
  });
}

await declare('Apollo Server', plain);
await declare('Apollo Server with the plugin of the library', withLibrary, libraryReasons);
await declare("Gatehouse's own server", ownServer, serverReasons);

const { TEST_DATABASE_URL } = process.env;
if (TEST_DATABASE_URL !== undefined) {
  const database = await createMigratedDatabase();
  afterAll(() => database.drop());
  const createServer = withGatehouse(database);
  await declare('Apollo Server with the plugin of Gatehouse', createServer, gatehouseReasons);
}
