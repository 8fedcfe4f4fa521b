import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestServer, type TestServer, userPassword } from '../support/test-server.ts';

const pagesServer = z.object({ url: z.string(), stop: z.function({ output: z.unknown() }) });
const pagesModule = z.object({
  start: z.function({
    input: [z.object({ api: z.string(), port: z.number() })],
    output: z.promise(pagesServer),
  }),
});

/** How many pages one cookie gets. More by the variable PAGES. */
const pageCount = Number(process.env.PAGES ?? 100);

/** Starts the example as its users do. */
async function startPages(api: string): Promise<z.infer<typeof pagesServer>> {
  const file = new URL('../../examples/server-rendered/server.mjs', import.meta.url);
  const { start } = pagesModule.parse(await import(file.href));
  return start({ api, port: 0 });
}

const startSession = `mutation ($username: String!, $password: String!) {
  startSession(username: $username, password: $password) { groups }
}`;

describe('examples/server-rendered', () => {
  let server: TestServer;
  let pages: z.infer<typeof pagesServer>;
  beforeAll(async () => {
    server = await startTestServer();
    pages = await startPages(server.url);
    await server.rooms.room.createMany({
      data: [
        { name: '<b>Lobby</b> & "more"', floor: 0, groups: ['STAFF'] },
        { name: 'Archive', floor: -1, groups: ['AUDITOR'] },
      ],
    });
  });
  afterAll(async () => {
    await pages.stop();
    await server.stop();
  });

  const open = (headers: Record<string, string>) => fetch(pages.url, { headers });

  /** The cookie of a browser that has logged in. */
  async function logIn(): Promise<{ readonly cookie: string; readonly username: string }> {
    const { username } = await server.aUser('STAFF');
    const headers = { origin: server.url, 'sec-fetch-site': 'same-origin' };
    const variables = { username, password: userPassword };
    const answer = await server.ask(startSession, { headers, variables });
    const [cookie = ''] = answer.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
    return { cookie, username };
  }

  it('shows the viewer of the cookie, with escaped text', async () => {
    const { cookie, username } = await logIn();
    const page = await open({ cookie });
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain(`Logged in: ${username}`);
    expect(text).toContain('<li>&lt;b&gt;Lobby&lt;/b&gt; &amp; &quot;more&quot;, floor 0: open');
    expect(text).toContain('<li>Archive, floor -1: closed');
    expect(text).not.toContain('<b>');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('shows no data without a session, or after its end', async () => {
    const { cookie } = await logIn();
    const headers = { cookie, 'apollo-require-preflight': '1' };
    await server.ask('mutation { logout }', { headers });
    for (const request of [{}, { cookie }, { cookie: 'gatehouse-dev=unknown' }]) {
      const page = await open(request);
      expect([page.status, (await page.text()).includes('Archive')]).toEqual([401, false]);
    }
  });

  it('renders many pages with one cookie: none is refused, and none sets a cookie', async () => {
    const { cookie, username } = await logIn();
    for (let rendered = 0; rendered < pageCount; rendered += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => open({ cookie })));
      for (const page of answers) {
        expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
        expect(await page.text()).toContain(username);
      }
    }
  });

  it('answers 502 while the API does not answer', async () => {
    const alone = await startPages('http://127.0.0.1:1');
    expect((await fetch(alone.url)).status).toBe(502);
    await alone.stop();
  });
});
