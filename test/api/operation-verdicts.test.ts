import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRows } from '../../packages/authorization/src/reports/markdown-table.ts';
import { decideFiles } from '../../packages/operations/src/registry/decide-files.ts';
import { createSchemaReport } from '../../src/gatehouse/schema-report.ts';
import { roomsProject } from '../support/rooms-project.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

interface AskedOperation {
  readonly name: string;
  readonly text: string;
  readonly least?: object;
  readonly most?: object;
}

/** Operations, each with variables that select and supply the least, and the most. */
const operations: readonly AskedOperation[] = [
  { name: 'Info', text: '{ serverInfo { name } }' },
  { name: 'Me', text: '{ me { id username } }' },
  {
    name: 'Users',
    text: '($all: Boolean) { users(includeDisabled: $all) { edges { cursor } } }',
    most: { all: true },
  },
  {
    name: 'Events',
    text: '($full: Boolean!) { viewer { __typename } auditEvents @include(if: $full) { edges { cursor } } }',
    least: { full: false },
    most: { full: true },
  },
  {
    name: 'Names',
    text: '($short: Boolean = false) { rooms { edges { cursor } } apiClients @skip(if: $short) { name } }',
    least: { short: true },
  },
  { name: 'Clients', text: '{ apiClients { name } users { edges { cursor } } }' },
  {
    name: 'Own',
    text: '($id: ID!) { user(id: $id) { id } }',
    least: { id: '1' },
    most: { id: '2' },
  },
];

const columns = ['anonymous', 'authenticated', 'ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'];

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-verdicts-'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** The verdicts about the operations, by name and column. */
async function verdicts() {
  const file = join(folder, 'operations.graphql');
  await writeFile(file, operations.map(({ name, text }) => `query ${name} ${text}`).join('\n'));
  const { markdown, problems } = decideFiles(createSchemaReport(roomsProject).composed(), [file]);
  expect(problems).toEqual([]);
  const rows = new Map(readRows(markdown, 'operation').map(({ name, cells }) => [name, cells]));
  return (name: string, column: string) => rows.get(name)?.get(column) ?? '';
}

/** What the server decides, without running the operation. */
async function decide(query: string, variables: object, token: string | undefined) {
  const { body } = await server.ask(query, {
    variables: { ...variables },
    headers: { prefer: 'decide-only' },
    ...(token !== undefined && { token }),
  });
  const { allowed, denials } = body.extensions.decision;
  return { allowed, coordinates: denials.map((each: { coordinate: string }) => each.coordinate) };
}

it("verdicts are what the server decides about a front end's operations, for each kind of viewer", async () => {
  const verdictOf = await verdicts();
  const found = new Set<string>();
  for (const column of columns) {
    const groups = ['anonymous', 'authenticated'].includes(column) ? [] : [column];
    const token = column === 'anonymous' ? undefined : (await server.aUser(...groups)).accessToken;
    for (const { name, text, least = {}, most = {} } of operations) {
      const query = `query ${name} ${text}`;
      const [free, worst] = [await decide(query, least, token), await decide(query, most, token)];
      const verdict = verdictOf(name, column);
      const outcome = worst.allowed ? 'allowed' : free.allowed ? 'depends' : 'refused';
      const [kind = '', coordinate = ''] = verdict.split(/: | with/);
      found.add(kind);
      // A policy of a root field is asked by the server, and not by the verdict.
      if (kind === 'allowed, depends') continue;
      expect([column, name, kind]).toEqual([column, name, outcome]);
      if (kind !== 'allowed') expect(worst.coordinates).toContain(coordinate);
    }
  }
  expect(found).toEqual(new Set(['allowed', 'allowed, depends', 'depends', 'refused']));
});
