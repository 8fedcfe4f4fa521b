import { readFile } from 'node:fs/promises';
import { schemaHash } from '@graphql-gatehouse/authorization/rules';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPackageServer } from '../support/package-server.ts';
import type { TestServer } from '../support/test-server.ts';
import { webPackages } from '../support/web-example.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPackageServer({ packages: webPackages, now: () => new Date() });
});
afterAll(() => server.stop());

it('the example web is built for the schema of the rooms API with second factors and accounts by mail', async () => {
  const file = new URL('../../examples/web/schema.graphql', import.meta.url);
  const schema = buildSchema(await readFile(file, 'utf8'));
  const { accessToken: token } = server.admin;
  const { data } = await server.ask('{ viewer { schemaHash } }', { token });
  expect(data.viewer.schemaHash).toBe(schemaHash(schema));
});
