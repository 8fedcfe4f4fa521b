import { describe, expect, it, vi } from 'vitest';
import { type Answer, ask } from './support/ask.ts';
import { blocksOf, namedBy, pagesBelow, readPage } from './support/documents.ts';
import { type FollowedPage, isExported, useGuides } from './support/guide.ts';
import { useGatehouse } from './support/process.ts';
import { isWhole } from './support/sample.ts';
import { adminPassword } from './support/test-server.ts';

const gatehouse = useGatehouse();
const guides = useGuides();
// A guide generates code, which starts several processes.
vi.setConfig({ testTimeout: 300_000 });

/** Their code runs in other tests, as part of a front end. */
const frontEndPages = ['docs/guides/front-end.md', 'docs/guides/front-ends.md'];

type Ask = (query: string, token?: string) => Promise<Answer>;

/** Serves the project of a page, and logs its first administrator in. */
async function serve({ folder, settings }: FollowedPage) {
  const environment = { ...settings, ADMIN_PASSWORD: adminPassword };
  const { url } = await gatehouse.serveHere(environment, ['--project', folder]);
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

it('the code of the README refuses and admits as its guards say', async () => {
  const { ask: send, admin } = await serve(await guides.follow('README.md', 'nothing'));
  expect((await send('{ notes { title } }')).status).toBe(401);
  expect((await send('{ notes { title } }', admin)).data).toEqual({ notes: [{ title: 'Plan' }] });
  expect(await send('{ notes { title text } }', admin)).toMatchObject({
    status: 403,
    code: 'FORBIDDEN',
  });
  const editor = await aUser(send, admin, 'EDITOR');
  expect((await send('{ notes { text } }', editor)).data).toEqual({
    notes: [{ text: 'Ship it.' }],
  });
});

describe('who follows a guide', () => {
  it('adds a type that three viewers reach as its guards say', async () => {
    const followed = await guides.follow('docs/guides/first-type.md', 'demo');
    expect(followed.printed).toContain('Mutation.payInvoice');
    const { ask: send, admin } = await serve(followed);
    const accountant = await aUser(send, admin, 'ACCOUNTANT');
    const staff = await aUser(send, admin, 'STAFF');
    const customer = (await send('{ me { id } }', staff)).data?.me.id;
    const create = `mutation { createInvoice(customerId: "${customer}", totalCents: 4200) { id } }`;
    expect((await send(create)).status).toBe(401);
    expect((await send(create, staff)).status).toBe(403);
    const { id } = (await send(create, accountant)).data?.createInvoice ?? {};
    const read = `{ invoice(id: "${id}") { totalCents paidAt } }`;
    expect((await send(read, admin)).status).toBe(403);
    expect((await send(read, staff)).data).toEqual({ invoice: { totalCents: 4200, paidAt: null } });
    const pay = `mutation { payInvoice(id: "${id}") { paidAt } }`;
    expect((await send(pay, staff)).status).toBe(403);
    expect((await send(pay, accountant)).data?.payInvoice.paidAt).toEqual(expect.any(String));
  });

  it.runIf(isWhole)('adds a group and grants it', async () => {
    const { printed } = await guides.follow('docs/guides/new-group.md', 'demo');
    expect(printed).toMatch(/granted kim .*groups: STAFF, CLEANER/);
  });

  it.runIf(isWhole)('adds a policy that decides by data', async () => {
    const { ask: send, admin } = await serve(await guides.follow('docs/guides/policy.md', 'demo'));
    const manager = await aUser(send, admin, 'MANAGER');
    const staff = await aUser(send, admin, 'STAFF');
    const codeOn = async (floor: number) => {
      const input = `{ name: "A", floor: ${floor}, groups: [STAFF], accessCode: "1234" }`;
      const room = await send(`mutation { createRoom(input: ${input}) { id } }`, manager);
      return send(`{ door(id: "${room.data?.createRoom.id}") { code } }`, staff);
    };
    expect((await codeOn(0)).data).toEqual({ door: { code: '1234' } });
    expect(await codeOn(1)).toMatchObject({ status: 403, reason: 'POLICY_DENIED' });
  });

  it('adds a list in which customers see their own rows', async () => {
    const followed = await guides.follow('docs/guides/rows.md', 'demo');
    const { ask: send, admin } = await serve(followed);
    const accountant = await aUser(send, admin, 'ACCOUNTANT');
    const staff = await aUser(send, admin, 'STAFF');
    const customer = (await send('{ me { id } }', staff)).data?.me.id;
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
    expect(await read(staff)).toEqual([2, [1, 3]]);
    expect(await read(admin)).toEqual([1, [2]]);
    expect((await send(list)).status).toBe(401);
  });

  it.runIf(isWhole)('finds that the code of every page compiles', async () => {
    await guides.follow('README.md', 'nothing');
    const pages = pagesBelow('docs/guides').filter((page) => !frontEndPages.includes(page));
    for (const page of pages) await guides.follow(page, 'demo');
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
