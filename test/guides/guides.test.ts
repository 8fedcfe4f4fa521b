import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import type { DatabaseAccess } from 'graphql-gatehouse';
import { startTestGatehouse, type TestViewer } from 'graphql-gatehouse/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PrismaClient } from '../../packages/create-graphql-gatehouse/template/src/generated/prisma/client.ts';
import { type Answer, ask } from '../support/ask.ts';
import { blocksOf, namedBy, pagesBelow, pagesWithCode, readPage } from '../support/documents.ts';
import { type FollowedPage, isExported, useGuides } from '../support/guide.ts';
import { type Environment, useGatehouse } from '../support/process.ts';
import { isWhole } from '../support/sample.ts';
import { adminPassword } from '../support/test-server.ts';

const gatehouse = useGatehouse();
const guides = useGuides();
// A guide generates code, which starts several processes.
vi.setConfig({ testTimeout: 300_000 });

/** Their code is compiled in other tests, as part of a front end. */
const frontEndPages = [
  'docs/guides/front-end.md',
  'docs/guides/client-libraries.md',
  'packages/client/README.md',
  'packages/codegen/README.md',
];

/** Pages about the demo. All others begin with a new project. */
const demoPages = ['docs/guides/rows.md', 'docs/guides/tour.md'];

const startOf = (page: string) => {
  if (page === 'README.md' || page.startsWith('docs/guides/from-')) return 'nothing';
  return demoPages.includes(page) ? 'demo' : 'template';
};

/** Whether a page has code that only the compiler checks. */
const hasOnlyTypes = (page: string): boolean =>
  blocksOf(readPage(page)).some(
    (block) => block.mark === 'types' || namedBy(block, 'types') !== undefined,
  );

/** A call of Prisma's extension for queries. */
interface Reading {
  readonly args: unknown;
  query(args: unknown): Promise<unknown>;
}

/** The data client of the guide about tenants. */
interface TenantClient extends PrismaClient {
  readonly tenant: { create(args: unknown): Promise<{ readonly id: string }> };
}

interface Amounts {
  readonly invoicesByAmount: {
    readonly totalCount: number;
    readonly edges: readonly {
      readonly cursor: string;
      readonly node: { readonly totalCents: number };
    }[];
  };
}

interface Payments {
  readonly invoicesByPayment: Pick<Amounts['invoicesByAmount'], 'edges'>;
}

interface Nested {
  readonly users: {
    readonly edges: readonly {
      readonly node: {
        readonly id: string;
        readonly openInvoices: readonly { readonly totalCents: number }[];
      };
    }[];
  };
}

interface Sessions {
  readonly sessions: readonly { readonly id: string }[];
}

type Ask = (query: string, token?: string) => Promise<Answer>;

type Serve = (
  environment: Environment,
  words: readonly string[],
) => Promise<{ readonly url: string }>;

/** Serves the project of a page, and logs its first administrator in. */
async function serve({ folder, settings }: FollowedPage, serving: Serve = gatehouse.serveHere) {
  const environment = { ...settings, ADMIN_PASSWORD: adminPassword };
  const { url } = await serving(environment, ['--project', folder]);
  const askHere: Ask = (query, token) =>
    ask(`${url}/graphql`, query, token === undefined ? {} : { token });
  return { ask: askHere, admin: await logIn(askHere, 'admin') };
}

async function logIn(send: Ask, username: string): Promise<string> {
  const login = `mutation { login(username: "${username}", password: "${adminPassword}") { accessToken } }`;
  return (await send(login)).data?.login?.accessToken;
}

/** A new user in these groups, logged in. */
async function aUser(send: Ask, admin: string, groups: string): Promise<string> {
  const username = `user-${groups.toLowerCase()}`;
  const input = `{ username: "${username}", password: "${adminPassword}", groups: [${groups}] }`;
  await send(`mutation { createUser(input: ${input}) { id } }`, admin);
  return logIn(send, username);
}

describe('who follows a guide', () => {
  it('adds a type that three viewers reach as its guards say', async () => {
    const followed = await guides.follow('docs/guides/first-type.md', 'template');
    expect(followed.printed).toContain('Ticket.answer');
    const { ask: send, admin } = await serve(followed);
    const agent = await aUser(send, admin, 'AGENT');
    const author = await aUser(send, admin, 'STAFF');
    const open = 'mutation { openTicket(subject: "  Heating ") { id subject answer closedAt } }';
    expect((await send(open)).status).toBe(401);
    const { id, ...opened } = (await send(open, author)).data?.openTicket ?? {};
    expect(opened).toEqual({ subject: 'Heating', answer: null, closedAt: null });
    const blank = 'mutation { openTicket(subject: " ") { id } }';
    expect(await send(blank, author)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    const close = `mutation { closeTicket(id: "${id}", answer: "Fixed.") { closedAt } }`;
    expect((await send(close, author)).status).toBe(403);
    expect((await send(close, agent)).data?.closeTicket.closedAt).toEqual(expect.any(String));
    const read = `{ ticket(id: "${id}") { subject answer } }`;
    expect((await send(read, admin)).status).toBe(403);
    expect((await send(read, author)).data?.ticket.answer).toBe('Fixed.');
    expect((await send(read, agent)).data?.ticket.answer).toBe('Fixed.');
  });

  it('follows another one in the same project, and has what both add', async () => {
    const before = await guides.follow('docs/guides/first-type.md', 'template');
    const both = await guides.followAfter(before, 'docs/guides/policy.md');
    // This process has imported the project as it was before.
    const { ask: send, admin } = await serve(both, gatehouse.serve);
    const caretaker = await aUser(send, admin, 'CARETAKER');
    expect((await send('{ door(floor: 2) { code } }', caretaker)).data).toEqual({
      door: { code: '9034' },
    });
    const open = 'mutation { openTicket(subject: "Lift") { subject } }';
    expect((await send(open, caretaker)).data).toEqual({ openTicket: { subject: 'Lift' } });
  });

  it.runIf(isWhole)('adds a group and grants it', async () => {
    const { printed } = await guides.follow('docs/reference/sdl.md', 'template');
    expect(printed).toMatch(/granted kim .*groups: STAFF, CONTROLLER/);
  });

  it('adds a console in which a group finds people and ends their sessions', async () => {
    const followed = await guides.follow('docs/guides/console.md', 'template');
    const { ask: send, admin } = await serve(followed);
    const helper = await aUser(send, admin, 'SUPPORT');
    const { data } = await send('{ users { edges { node { sessions { id } } } } }', helper);
    const [first] = data.users.edges.flatMap(({ node }: { node: Sessions }) => node.sessions);
    const end = `mutation { endSession(id: "${first.id}") }`;
    expect((await send(end, helper)).data).toEqual({ endSession: true });
    expect((await send('{ me { id } }', admin)).status).toBe(401);
    for (const field of ['consoleHealth { checkedAt }', 'apiClients { id }']) {
      expect((await send(`{ ${field} }`, helper)).status, field).toBe(403);
    }
  });

  it.runIf(isWhole)('records who has read a salary', async () => {
    const followed = await guides.follow('docs/guides/reads-on-record.md', 'template');
    const { ask: send, admin } = await serve(followed);
    const clerk = await aUser(send, admin, 'PAYROLL');
    const auditor = await aUser(send, admin, 'AUDITOR');
    expect((await send('{ salaries { name amountCents } }', clerk)).status).toBe(200);
    const [asked] = blocksOf(readPage('docs/guides/reads-on-record.md')).filter(({ text }) =>
      text.includes('recordReads('),
    );
    const { data } = await send(asked?.text ?? '', auditor);
    expect(data.recordReads.edges).toMatchObject([
      { node: { coordinate: 'Salary.amountCents', actor: { username: 'user-payroll' } } },
    ]);
  });

  it.runIf(isWhole)('adds a policy that decides by data', async () => {
    const followed = await guides.follow('docs/guides/policy.md', 'template');
    const { ask: send, admin } = await serve(followed);
    const caretaker = await aUser(send, admin, 'CARETAKER');
    const staff = await aUser(send, admin, 'STAFF');
    const [lowest, upper] = ['{ door(floor: 0) { code } }', '{ door(floor: 2) { code } }'];
    expect((await send(lowest, staff)).data).toEqual({ door: { code: '1000' } });
    expect(await send(upper, staff)).toMatchObject({ status: 403, reason: 'POLICY_DENIED' });
    expect((await send(upper, caretaker)).data).toEqual({ door: { code: '9034' } });
  });

  it.runIf(isWhole)('adds a list in which customers see their own rows', async () => {
    const followed = await guides.follow('docs/guides/rows.md', 'demo');
    const { ask: send, admin } = await serve(followed);
    const accountant = await aUser(send, admin, 'ACCOUNTANT');
    const ada = await aUser(send, admin, 'CUSTOMER');
    const customer = (await send('{ me { id } }', ada)).data?.me.id;
    const other = (await send('{ me { id } }', admin)).data?.me.id;
    for (const [id, totalCents] of [
      [customer, 1],
      [other, 2],
      [customer, 3],
    ]) {
      const create = `mutation { createInvoice(customerId: "${id}", totalCents: ${totalCents}) { id } }`;
      expect((await send(create, accountant)).status).toBe(200);
    }
    const list = '{ invoices { totalCount edges { node { totalCents } } } }';
    const read = async (token: string) => {
      const { totalCount, edges } = (await send(list, token)).data?.invoices ?? {};
      return [
        totalCount,
        edges.map(({ node }: { node: { totalCents: number } }) => node.totalCents),
      ];
    };
    expect(await read(accountant)).toEqual([3, [1, 2, 3]]);
    expect(await read(ada)).toEqual([2, [1, 3]]);
    expect(await read(admin)).toEqual([0, []]);
    expect((await send(list)).status).toBe(401);
  });

  it.runIf(isWhole)('adds tenants, whose members see only their own documents', async () => {
    const { folder } = await guides.follow('docs/guides/tenants.md', 'template');
    const { default: config } = await import(join(folder, 'gatehouse.config.ts'));
    const gate = await startTestGatehouse<TenantClient>(config, { directory: folder });
    onTestFinished(() => gate.close());
    const [ada, bob] = [await gate.viewer(), await gate.viewer({ groups: ['ADMIN'] })];
    const tenantOf = async ({ id: userId }: { readonly id: string }) => {
      const members = { create: { userId } };
      return (await gate.db.tenant.create({ data: { name: 'A tenant', members } })).id;
    };
    const [ofAda, ofBob] = [await tenantOf(ada), await tenantOf(bob)];
    const add = (id: string) =>
      `mutation { addDocument(tenantId: "${id}", title: "Plan") { title } }`;
    expect((await ada.run(add(ofAda))).data).toEqual({ addDocument: { title: 'Plan' } });
    expect(await ada.run(add(ofAda))).toMatchObject({ code: 'CONFLICT', reason: 'ALREADY_EXISTS' });
    expect((await ada.run(add(ofBob))).status).toBe(404);
    expect((await bob.run(add(ofBob))).data).toEqual({ addDocument: { title: 'Plan' } });
    const list = '{ tenants { name } documents { edges { node { title } } } }';
    for (const { run } of [ada, bob]) {
      expect((await run(list)).data).toEqual({
        tenants: [{ name: 'A tenant' }],
        documents: { edges: [{ node: { title: 'Plan' } }] },
      });
    }
  });

  it('shows no rows to a customer who has lost the group', async () => {
    const { folder } = await guides.follow('docs/guides/rows.md', 'demo');
    const { isCustomer } = await import(join(folder, 'src/invoice/invoice.policies.ts'));
    const answers = ['CUSTOMER', 'STAFF'].map((group) => {
      const viewer = {
        kind: 'user',
        isAuthenticated: true,
        userId: 'ada',
        groups: new Set([group]),
      };
      const where = isCustomer.where(viewer);
      return [isCustomer.admits(viewer, { customerId: 'ada' }), where.customerId.in];
    });
    expect(answers).toEqual([
      [true, ['ada']],
      [false, []],
    ]);
  });

  it.runIf(isWhole)(
    'adds lists whose totals, cursors and nested rows follow from what the viewer may see',
    async () => {
      const { folder } = await guides.follow('docs/guides/lists.md', 'template');
      const { default: config } = await import(join(folder, 'gatehouse.config.ts'));
      let reads = 0;
      const gate = await startTestGatehouse<PrismaClient>(
        {
          ...config,
          database: (access: DatabaseAccess) =>
            config.database(access).$extends({
              query: {
                invoice: {
                  findMany({ args, query }: Reading) {
                    reads += 1;
                    return query(args);
                  },
                },
              },
            }),
        },
        { directory: folder },
      );
      onTestFinished(() => gate.close());
      const [ada, bob] = [await gate.viewer({ groups: ['AUDITOR'] }), await gate.viewer()];
      const accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
      for (const [{ id }, totalCents, paidAt] of [
        [ada, 100, null],
        [bob, 300, null],
        [ada, 300, new Date()],
        [ada, 200, null],
      ] as const) {
        await gate.db.invoice.create({ data: { customerId: id, totalCents, paidAt } });
      }
      const list = async ({ run }: TestViewer, args: string) => {
        const text = `{ invoicesByAmount${args} { totalCount edges { cursor node { totalCents } } } }`;
        const { data, code } = await run<Amounts>(text);
        const { totalCount, edges = [] } = data?.invoicesByAmount ?? {};
        const amounts = edges.map(({ node }) => node.totalCents);
        return { code, totalCount, amounts, last: edges.at(-1)?.cursor };
      };
      const first = await list(accountant, '(first: 1)');
      expect(first).toMatchObject({ totalCount: 4, amounts: [300] });
      expect((await list(accountant, `(after: "${first.last}")`)).amounts).toEqual([300, 200, 100]);
      expect(await list(ada, '')).toMatchObject({ totalCount: 3, amounts: [300, 200, 100] });
      expect(await list(ada, '(isPaid: false)')).toMatchObject({
        totalCount: 2,
        amounts: [200, 100],
      });
      // The cursor of a hidden invoice shows no more than its place.
      expect((await list(ada, `(after: "${first.last}")`)).amounts).toEqual([300, 200, 100]);
      const byPayment = '{ invoicesByPayment { edges { node { totalCents } } } }';
      const { data } = await ada.run<Payments>(byPayment);
      expect(data?.invoicesByPayment.edges.map(({ node }) => node.totalCents)).toEqual([
        300, 100, 200,
      ]);

      reads = 0;
      const nested = '{ users { edges { node { id openInvoices { totalCents } } } } }';
      const both = [ada, accountant].map(({ run }) => run<Nested>(nested));
      const [toAda, toAccountant] = await Promise.all(both);
      const amountsOf = (answer: typeof toAda, { id }: { readonly id: string }) =>
        answer?.data?.users.edges
          .find(({ node }) => node.id === id)
          ?.node.openInvoices.map(({ totalCents }) => totalCents);
      expect([amountsOf(toAda, ada), amountsOf(toAda, bob)]).toEqual([[100, 200], []]);
      expect([amountsOf(toAccountant, ada), amountsOf(toAccountant, bob)]).toEqual([
        [100, 200],
        [300],
      ]);
      expect(reads).toBe(2);
    },
  );

  it('runs the operations of a front end alone', async () => {
    const followed = await guides.follow('docs/guides/known-operations.md', 'template');
    expect(followed.printed).toMatch(/web +1\.0\.0 +yes +never/);
    const { folder, settings } = followed;
    const environment = { ...settings, ADMIN_PASSWORD: adminPassword, OPERATIONS: 'known' };
    const { url } = await gatehouse.serveHere(environment, ['--project', folder]);
    const published = await readFile(join(folder, 'operations/web@1.0.0.json'), 'utf8');
    for (const text of Object.values<string>(JSON.parse(published))) {
      expect((await ask(`${url}/graphql`, text)).status).toBe(401);
    }
    expect((await ask(`${url}/graphql`, '{ __typename }')).code).toBe('OPERATION_UNKNOWN');
  });

  it('prints a schema that composes for a router', async () => {
    const { folder } = await guides.follow('docs/guides/router.md', 'template');
    const typeDefs = parse(await readFile(join(folder, 'rooms.graphql'), 'utf8'));
    const { supergraphSdl, errors } = composeServices([{ name: 'rooms', typeDefs }]);
    expect(errors).toBeUndefined();
    expect(supergraphSdl).toContain('@requiresScopes(scopes: [["ADMIN"]])');
  });

  it('finds that the code of the pages compiles', async () => {
    const pages = pagesWithCode().filter((page) => !frontEndPages.includes(page));
    for (const page of isWhole ? pages : pages.filter(hasOnlyTypes)) {
      await guides.follow(page, startOf(page));
    }
    expect(guides.typeCheck()).toBe('');
  });

  const needed = pagesBelow('docs/guides').flatMap((page) =>
    blocksOf(readPage(page)).flatMap((block) => namedBy(block, 'types') ?? []),
  );
  it.for([...new Set(needed)])('may use %s', (name, { skip }) => {
    skip(!isExported(name), `${name} is not exported yet: the guides' code with it is not checked`);
    expect(isExported(name)).toBe(true);
  });
});
