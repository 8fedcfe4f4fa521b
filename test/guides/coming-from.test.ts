import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { blocksOf, namedBy, readPage } from '../support/documents.ts';
import { repository } from '../support/process.ts';

/** A server of a page. */
interface Yoga {
  fetch(address: string, request: RequestInit, context: object): Promise<Response>;
}

const reports = join(repository, 'reports');
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** Denials would be in the log of the tests. */
const withoutLog = (text: string): string =>
  text.replaceAll('createYoga<Context>({', 'createYoga<Context>({ logging: false,');

/** Writes the files of a page, with changes to them, and returns how to import them. */
async function write(page: string, change = (text: string) => text) {
  await mkdir(reports, { recursive: true });
  const folder = await mkdtemp(join(reports, 'coming-from-'));
  folders.push(folder);
  for (const block of blocksOf(readPage(page))) {
    const file = namedBy(block, 'file');
    if (file !== undefined) await writeFile(join(folder, file), withoutLog(change(block.text)));
  }
  return (file: string) => import(join(folder, file));
}

const anonymous = { isAuthenticated: false, reason: 'TOKEN_MISSING' };
const viewer = (id: string, ...groups: string[]) => ({
  isAuthenticated: true,
  id,
  groups: new Set(groups),
});
const viewers = {
  anonymous,
  ada: viewer('ada'),
  bob: viewer('bob'),
  accountant: viewer('eve', 'ACCOUNTANT'),
};
type Name = keyof typeof viewers;
const names: readonly Name[] = ['anonymous', 'ada', 'bob', 'accountant'];

async function ask(yoga: Yoga, query: string, name: Name) {
  const response = await yoga.fetch(
    'http://localhost/graphql',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    },
    { viewer: viewers[name] },
  );
  const { data, errors } = await response.json();
  const [first] = errors ?? [];
  return {
    status: response.status,
    data,
    isDenied: first !== undefined,
    message: first?.message,
  };
}

const operations = [
  { query: '{ version }', allowed: names },
  { query: '{ invoice { customerId } }', allowed: ['ada', 'bob', 'accountant'] },
  { query: '{ invoice { totalCents } }', allowed: ['ada', 'accountant'] },
  { query: 'mutation { payInvoice { customerId } }', allowed: ['accountant'] },
];
const pageOf = (library: string) => `docs/guides/from-${library}.md`;

describe.each([
  { library: 'graphql-shield', former: 'before.ts', guard: ' @public', runsDenied: true },
  { library: 'envelop-generic-auth', former: 'before.ts', guard: ' @public', runsDenied: false },
  {
    library: 'pothos-scope-auth',
    // Its types change those of every builder that is compiled with it.
    former: 'before.mts',
    guard: 'directives: { public: {} }, ',
    runsDenied: true,
  },
])('the page from $library', ({ library, former, guard, runsDenied }) => {
  const page = pageOf(library);

  it('has two servers that allow the same operations', async () => {
    const load = await write(page);
    for (const file of [former, 'after.ts']) {
      const { yoga } = await load(file);
      for (const { query, allowed } of operations) {
        const answers = await Promise.all(names.map((name) => ask(yoga, query, name)));
        const passed = names.filter((_, index) => answers[index]?.isDenied === false);
        expect(passed, `${file}: ${query}`).toEqual(allowed);
      }
    }
  });

  it('has a server that answers a query as a whole, and one that does not', async () => {
    const load = await write(page);
    const query = '{ version invoice { totalCents } }';
    const before = await ask((await load(former)).yoga, query, 'bob');
    expect(before).toMatchObject({ status: 200, data: { version: '1.0' }, isDenied: true });
    const after = await ask((await load('after.ts')).yoga, query, 'bob');
    expect(after).toMatchObject({ status: 403, isDenied: true });
    expect(after.data ?? null).toBeNull();
  });

  it('says which server runs a part of a denied mutation', async () => {
    const load = await write(page);
    const { reminders } = await load('invoices.ts');
    const query = 'mutation { remind payInvoice { customerId } }';
    await ask((await load(former)).yoga, query, 'bob');
    expect(reminders).toEqual(runsDenied ? ['sent'] : []);
    reminders.length = 0;
    await ask((await load('after.ts')).yoga, query, 'bob');
    expect(reminders).toEqual([]);
  });

  it('has a server that does not start when a root field has no guard', async () => {
    const load = await write(page, (text) => text.replace(guard, ''));
    await expect(load('after.ts')).rejects.toThrow('Query.version');
  });

  it('has a server that shows a viewer what it can use', async () => {
    const load = await write(page);
    const fieldsOf = async (file: string): Promise<readonly string[]> => {
      const query = '{ __type(name: "Mutation") { fields { name } } }';
      const { data } = await ask((await load(file)).yoga, query, 'bob');
      return data.__type.fields.map(({ name }: { readonly name: string }) => name).sort();
    };
    expect(await fieldsOf(former)).toEqual(['payInvoice', 'remind']);
    expect(await fieldsOf('after.ts')).toEqual(['remind']);
  });
});

describe('graphql-shield', () => {
  const page = pageOf('graphql-shield');

  it('replaces the errors of resolvers', async () => {
    const load = await write(page, (text) =>
      text
        .replace('export const reminders', "import { GraphQLError } from 'graphql';\n$&")
        .replace("() => '1.0'", "() => Promise.reject(new GraphQLError('closed'))")
        .replace('createYoga<Context>({', '$& maskedErrors: false,'),
    );
    const messageOf = async (file: string) =>
      (await ask((await load(file)).yoga, '{ version }', 'ada')).message;
    expect(await messageOf('before.ts')).toBe('Not Authorised!');
    expect(await messageOf('after.ts')).toBe('closed');
  });

  it('can guard a schema together with Gatehouse', async () => {
    const imports =
      "import { applyMiddleware } from 'graphql-middleware';\nimport { deny, shield } from 'graphql-shield';\n";
    const rules = 'shield({ Invoice: { customerId: deny } })';
    const load = await write(page, (text) => {
      const joined = text.replace(
        'Context>(schema,',
        `Context>(applyMiddleware(schema, ${rules}),`,
      );
      return joined === text ? text : `${imports}${joined}`;
    });
    const { yoga } = await load('after.ts');
    const [ofShield, ofGatehouse, ofNone] = await Promise.all([
      ask(yoga, '{ invoice { customerId } }', 'ada'),
      ask(yoga, '{ invoice { totalCents } }', 'bob'),
      ask(yoga, '{ invoice { totalCents } }', 'ada'),
    ]);
    expect([ofShield, ofGatehouse, ofNone]).toMatchObject([
      { status: 200, isDenied: true },
      { status: 403, isDenied: true },
      { status: 200, isDenied: false },
    ]);
  });
});

it('shows how `@envelop/generic-auth` runs what is left of an operation', async () => {
  const load = await write(pageOf('envelop-generic-auth'), (text) =>
    text.replace("mode: 'protect-all'", "mode: 'protect-granular', rejectUnauthenticated: false"),
  );
  const query = 'mutation { remind payInvoice { customerId } }';
  const { data, isDenied } = await ask((await load('before.ts')).yoga, query, 'bob');
  expect({ data, isDenied }).toEqual({ data: { remind: true, payInvoice: null }, isDenied: true });
});
