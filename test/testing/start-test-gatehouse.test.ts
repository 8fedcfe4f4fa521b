import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import config from '../../packages/create-graphql-gatehouse/template/gatehouse.config.ts';
import { startTestGatehouse, type TestGatehouseOptions } from '../../src/testing.ts';

const directory = fileURLToPath(
  new URL('../../packages/create-graphql-gatehouse/template', import.meta.url),
);
const sdlPath = 'src/invoice/invoice.graphql';

/** The invoice's folder with other SDL in it. */
async function aFolder(change: (sdl: string) => string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-invoice-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'src/invoice'), { recursive: true });
  const sdl = change(await readFile(join(directory, sdlPath), 'utf8'));
  await writeFile(join(folder, sdlPath), sdl);
  return folder;
}

describe('the start of a project', () => {
  it('is refused, with coordinate and file, when a root field has no guard', async () => {
    const folder = await aFolder((sdl) => sdl.replace('Invoice @auth\n', 'Invoice\n'));
    await expect(startTestGatehouse(config, { directory: folder })).rejects.toMatchObject({
      name: 'CompositionError',
      problems: [`Query.invoice: a root field must have @auth or @public (${sdlPath}:6)`],
      message: expect.stringContaining(`Query.invoice: `),
    });
  });

  it('is refused, with the policy and its file, when a predicate is missing', async () => {
    const domains = (config.domains ?? []).map((domain) => ({ ...domain, policies: {} }));
    await expect(startTestGatehouse({ ...config, domains }, { directory })).rejects.toMatchObject({
      name: 'CompositionError',
      problems: [`INVOICE_CUSTOMER: the policy has no predicate (${sdlPath}:2)`],
    });
  });
});

describe('a test server', () => {
  it('starts from a snapshot of the migrated database, without rows', async () => {
    const first = await startTestGatehouse(config, { directory });
    const customer = await first.viewer();
    await first.db.invoice.create({ data: { customerId: customer.id, totalCents: 1 } });
    await first.close();
    const second = await startTestGatehouse(config, { directory });
    expect(await second.db.invoice.count()).toBe(0);
    await second.close();
  });

  it('holds the guards of fields that are reached through an interface or a union', async () => {
    const photo = { __typename: 'Photo', owner: 'ada', place: 'attic' };
    const feed = {
      name: 'feed',
      typeDefs: `extend type Query { feed: [Item!]! @public first: Node @public }
        interface Node { owner: String @auth(requires: [ADMIN]) }
        union Item = Photo
        type Photo implements Node { owner: String place: String @auth(requires: [ADMIN]) }
      `,
      resolvers: { Query: { feed: () => [photo], first: () => photo } },
    };
    const gate = await startTestGatehouse({ domains: [feed] }, { directory });
    const guest = await gate.viewer();
    expect(await guest.run('{ feed { ... on Photo { place } } }')).toMatchObject({
      status: 403,
      data: undefined,
      coordinate: 'Photo.place',
    });
    expect(await gate.checkGuards()).toEqual([]);
    await gate.close();
  });
});

/** A domain with a field that fails, and a field whose policy does. */
const broken = {
  name: 'broken',
  typeDefs: `extend enum Policy { UNREADABLE }
    extend type Query {
      total: Int! @auth
      secret(password: String): String @auth(requires: [ADMIN], or: [UNREADABLE])
    }`,
  resolvers: {
    Query: {
      total: () => {
        const cause = new Error('the ledger has no page 7');
        throw Object.assign(new Error('no total', { cause }), { password: 'violet-otter-ladder' });
      },
      secret: () => 'none',
    },
  },
  policies: {
    UNREADABLE: () => {
      throw new Error('the owner is unreadable');
    },
  },
};

/** Starts the domain. */
const startBroken = (options: Omit<TestGatehouseOptions, 'directory'> = {}) =>
  startTestGatehouse({ domains: [broken] }, { directory, ...options });

/** Returns the texts that a test prints on standard error. */
function watchPrinting(): () => readonly string[] {
  const printing = vi.spyOn(console, 'error').mockReturnValue();
  onTestFinished(() => printing.mockRestore());
  return () => printing.mock.calls.map(([text]) => String(text));
}

describe('an unexpected error of a test server', () => {
  let gate: Awaited<ReturnType<typeof startBroken>>;
  beforeAll(async () => {
    gate = await startBroken();
  });
  afterAll(() => gate.close());

  it('is printed with its field, its cause and the line of code that threw it', async () => {
    const printed = watchPrinting();
    const sam = await gate.viewer();
    expect(await sam.run('query Sum { sum: total }')).toMatchObject({ status: 500 });
    const [text = '', ...others] = printed();
    expect(others).toEqual([]);
    expect(text).toContain('unexpected error {"operationName":"Sum","path":["sum"]}');
    expect(text).toMatch(/^Error: no total/m);
    expect(text).toContain('start-test-gatehouse.test.ts');
    expect(text).toContain('the ledger has no page 7');
  });

  it('is printed when a policy throws, which the client sees as a refusal', async () => {
    const printed = watchPrinting();
    const sam = await gate.viewer();
    expect(await sam.run('{ secret }')).toMatchObject({ status: 403 });
    expect(printed()).toEqual([expect.stringContaining('Error: the owner is unreadable')]);
    expect(printed()).toEqual([expect.stringContaining('UNREADABLE')]);
  });

  it('is printed without variables, tokens or values with the name of a secret', async () => {
    const printed = watchPrinting();
    const sam = await gate.viewer();
    const variables = { password: 'plum-kettle-orbit' };
    const both = 'query ($password: String) { total secret(password: $password) }';
    await sam.run(both, variables);
    await gate.viewer({ groups: ['ADMIN'] }).then((admin) => admin.run(both, variables));
    expect(printed().length).toBeGreaterThan(0);
    for (const secret of ['violet-otter', 'plum-kettle', sam.accessToken]) {
      expect(printed().join('\n')).not.toContain(secret);
    }
  });

  it('is not printed with `log`, which gets it with all lines', async () => {
    const lines: string[] = [];
    const printed = watchPrinting();
    const logging = await startBroken({ log: (line) => lines.push(line) });
    onTestFinished(() => logging.close());
    await (await logging.viewer()).run('{ total }');
    expect(printed()).toEqual([]);
    expect(lines.find((line) => line.includes('no total'))).toContain('"msg":"unexpected error"');
    expect(lines.find((line) => line.includes('"msg":"operation"'))).toBeDefined();
  });

  it('prints nothing about answers that are expected', async () => {
    const printed = watchPrinting();
    await gate.anonymous.run('{ total }');
    await gate.anonymous.run('{ totl }');
    await (await gate.viewer()).run('{ users { pageInfo { hasNextPage } } }');
    expect(printed()).toEqual([]);
  });
});
