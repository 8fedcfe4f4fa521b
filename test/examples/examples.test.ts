import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ask } from '../support/ask.ts';

const run = promisify(execFile);

/** Of this repository, or of a folder in which the packed packages are installed: there is nothing to build there. */
const folder = fileURLToPath(new URL('../..', import.meta.url));
const exampleUrl = (name: string) => new URL(`../../examples/${name}`, import.meta.url).href;

beforeAll(() => run('npm', ['run', '--silent', '--if-present', 'build'], { cwd: folder }));

it.each([
  'apollo-standalone/server.ts',
  'express/server.ts',
  'fastify/server.ts',
  'hono/server.ts',
  'yoga/server.ts',
  'pothos/gatehouse.config.ts',
])('joins Gatehouse by at most 15 lines of code in %s', async (name) => {
  const text = await readFile(new URL(`../../examples/${name}`, import.meta.url), 'utf8');
  const code = text.split('\n').filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line));
  expect(code.length).toBeGreaterThan(5);
  expect(code.length).toBeLessThanOrEqual(15);
});

describe.each(['apollo-server', 'yoga'])('the example %s', (name) => {
  const { url, stop } = startedExample(name);

  it.each([
    { who: 'anonymous', query: '{ version }', status: 200, code: undefined },
    { who: 'anonymous', query: '{ invoices { id } }', status: 401, code: 'UNAUTHENTICATED' },
    { who: 'anonymous', query: '{ __typename }', status: 200, code: undefined },
    { who: 'ada', query: '{ invoices { id } }', status: 200, code: undefined },
    { who: 'ada', query: '{ invoices { totalCents } }', status: 403, code: 'FORBIDDEN' },
    { who: 'cleo', query: '{ invoices { totalCents } }', status: 200, code: undefined },
    { who: 'ada', query: 'mutation { payInvoice(id: 1) { id } }', status: 403, code: 'FORBIDDEN' },
    { who: 'cleo', query: 'mutation { payInvoice(id: 2) { id } }', status: 200, code: undefined },
  ])('answers $who, asking $query, with $status', async ({ who, query, status, code }) => {
    const token = who === 'anonymous' ? {} : { token: who };
    const answer = await ask(url(), query, token);
    expect([answer.status, answer.code]).toEqual([status, code]);
    const challenge = answer.headers.get('www-authenticate');
    expect(challenge?.startsWith('Bearer realm="invoices"')).toBe(
      status === 200 ? undefined : true,
    );
  });

  it('answers leniently when asked to: the denied path null, the rest there', async () => {
    const query = '{ invoices { customer } paid: invoices { customer isPaid } __typename }';
    const headers = { prefer: 'handling=lenient' };
    const answer = await ask(url(), `${query.slice(0, -1)} }`, { token: 'ada', headers });
    expect(answer.headers.get('preference-applied')).toBe('handling=lenient');
    expect(answer.status).toBe(200);
  });

  it('refuses a stale token with its reason, but not a public field', async () => {
    const refused = await ask(url(), '{ invoices { id } }', { token: 'stale' });
    expect([refused.status, refused.reason]).toEqual([401, 'TOKEN_INVALID']);
    expect((await ask(url(), '{ version }', { token: 'stale' })).status).toBe(200);
  });

  afterAll(stop);
});

describe('the example subgraph', () => {
  const { url, stop } = startedExample('subgraph/server');
  const reference = (typename: string, id: string) => `{ __typename: "${typename}", id: "${id}" }`;
  const entity = (selection: string, ...references: string[]) =>
    `{ _entities(representations: [${references}]) { ${selection} } }`;
  const total = (id: string) => entity('... on Invoice { totalCents }', reference('Invoice', id));
  const name = entity('... on Product { name }', reference('Product', '7'));

  it.each([
    { who: 'anonymous', asks: 'a product', query: name, status: 200, code: undefined },
    {
      who: 'anonymous',
      asks: 'an invoice',
      query: total('1'),
      status: 401,
      code: 'UNAUTHENTICATED',
    },
    { who: 'ada', asks: 'her invoice', query: total('1'), status: 200, code: undefined },
    { who: 'ada', asks: "bob's invoice", query: total('2'), status: 403, code: 'FORBIDDEN' },
    { who: 'cleo', asks: "bob's invoice", query: total('2'), status: 200, code: undefined },
    { who: 'cleo', asks: 'the SDL', query: '{ _service { sdl } }', status: 403, code: 'FORBIDDEN' },
  ])('answers $who, asking for $asks by reference, with $status', async (example) => {
    const token = example.who === 'anonymous' ? {} : { token: example.who };
    const { status, code } = await ask(url(), example.query, token);
    expect({ status, code }).toEqual({ status: example.status, code: example.code });
  });

  it('resolves a reference by its key, whatever else the client puts into it', async () => {
    const forged = '{ __typename: "Invoice", id: "2", customer: "ada" }';
    const query = entity('... on Invoice { totalCents }', forged);
    expect((await ask(url(), query, { token: 'ada' })).status).toBe(403);
  });

  afterAll(stop);
});

describe('the example of a subgraph beside another', () => {
  const { url, stop } = startedExample('router/deliveries');

  it.each([
    { who: 'anonymous', query: '{ parcels { id } }', status: 401 },
    { who: 'ada', query: '{ parcels { id ... on Letter { weightGrams } } }', status: 200 },
    { who: 'ada', query: '{ parcels { weightGrams } }', status: 403 },
    { who: 'cleo', query: '{ parcels { weightGrams } }', status: 200 },
    { who: 'cleo', query: 'mutation { deliver(invoiceId: "1") { id } }', status: 403 },
  ])('answers $who, asking $query, with $status', async ({ who, query, status }) => {
    const token = who === 'anonymous' ? {} : { token: who };
    expect((await ask(url(), query, token)).status).toBe(status);
  });

  afterAll(stop);
});

it('the example code-first prints a 401, a 403 and the data', async () => {
  const { stdout } = await run('node', ['examples/code-first.mjs'], { cwd: folder });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers.map(({ errors, data }) => errors?.[0].extensions.code ?? data)).toEqual([
    'UNAUTHENTICATED',
    'FORBIDDEN',
    { revenue: '46.00' },
  ]);
});

function startedExample(name: string) {
  const started = z.object({ url: z.string(), stop: z.function({ output: z.unknown() }) });
  let example: z.infer<typeof started> | undefined;
  beforeAll(async () => {
    const { start } = await import(exampleUrl(`${name}.mjs`));
    example = started.parse(await start(0));
  });
  return { url: () => example?.url ?? '', stop: () => example?.stop() };
}
