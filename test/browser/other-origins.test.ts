import type { BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import { type Attack, httpAttacks, subscribe } from '../support/cross-site-attacks.ts';
import { startForeignSite } from '../support/foreign-site.ts';
import type { LocalServer } from '../support/listen-locally.ts';
import { sampleOf } from '../support/sample.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

/**
 * Pages of other origins, in a browser whose user is logged in (CWE-352, CWE-1385; ASVS 5, 3.5). To Chromium, hosts
 * below `localhost` are of this machine, `localhost` is like a public suffix, and other ports are of the same site:
 * requests of the same site have the cookie in spite of `SameSite=Strict`.
 */
const sites = [
  { from: 'another port', own: '127.0.0.1', other: '127.0.0.1', isSameSite: true },
  { from: 'another site', own: '127.0.0.1', other: 'localhost', isSameSite: false },
  {
    from: 'a sibling subdomain',
    own: 'app.gate.localhost',
    other: 'evil.gate.localhost',
    isSameSite: true,
  },
  {
    from: 'a sibling of another site',
    own: 'app.localhost',
    other: 'evil.localhost',
    isSameSite: false,
  },
] as const;

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)(
  'pages of other origins (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let server: TestServer;
    let foreign: LocalServer;
    let browser: TestBrowser;
    let attacker: TestUser;
    beforeAll(async () => {
      server = await startTestServer();
      attacker = await server.aUser();
      foreign = await startForeignSite();
      browser = await launchChromium(chromium ?? '');
    });
    afterAll(async () => {
      await browser.close();
      await foreign.stop();
      await server.stop();
    });

    const start = ({ username }: TestUser) =>
      `startSession(username: "${username}", password: "${userPassword}") { groups }`;
    const startSession = (user: TestUser) => `mutation { ${start(user)} }`;
    const create = 'createRoom(input: { name: "Attic", floor: 3, groups: [STAFF] }) { id }';
    const change = `mutation { ${create} }`;
    /** One request with both: what ran of it would be seen. */
    const changeAll = (user: TestUser) => `mutation { ${create} ${start(user)} }`;
    const read = '{ me { username groups } }';

    /** Whatever an operation that runs would change: rows of the log, of rooms and of sessions. */
    async function readData() {
      const { database } = server.connection;
      const select = { id: true };
      return {
        audit: await database.auditEvent.findMany({ select }),
        sessions: await database.session.findMany({ select }),
        rooms: await server.rooms.room.findMany({ select }),
      };
    }

    describe.each(sampleOf(sites))('of $from', ({ own, other, isSameSite }) => {
      let context: BrowserContext;
      let url: string;
      let page: Page;
      beforeAll(async () => {
        context = await browser.newContext();
        // Altair takes seconds to load, and no attack needs it.
        await context.route('**/altair/**', (route) => route.abort());
        url = `http://${own}:${new URL(server.url).port}/graphql`;
        page = await context.newPage();
        await page.goto(`http://${other}:${foreign.port}/`);
      });
      afterAll(() => context.close());

      const sendFromOwnPage = async (query: string) => {
        const ownPage = await context.newPage();
        await ownPage.goto(url, { waitUntil: 'domcontentloaded' });
        const attack = httpAttacks['a fetch of JSON with credentials'];
        const answer = String(await attack(ownPage, { url, query }));
        await ownPage.close();
        return answer;
      };

      /** Runs an attack until its request has been answered or refused. */
      async function run(attack: Attack, query: string) {
        const isTarget = (request: Request) => new URL(request.url()).pathname === '/graphql';
        const sent = Promise.race([
          context.waitForEvent('requestfinished', isTarget),
          context.waitForEvent('requestfailed', isTarget),
        ]);
        const [request, answer] = await Promise.all([sent, attack(page, { url, query })]);
        return { answer, request };
      }

      const ofAnonymous = sampleOf(
        Object.entries(httpAttacks),
        (_attack, index) => index % 3 === 0,
      );
      it.each(ofAnonymous)('start no session by %s', async (_name, attack) => {
        const before = await readData();
        const { answer } = await run(attack, startSession(attacker));
        expect(answer).toBeUndefined();
        expect(await context.cookies()).toEqual([]);
        expect(await readData()).toEqual(before);
      });

      describe('whose user is logged in', () => {
        let cookies: Awaited<ReturnType<BrowserContext['cookies']>>;
        let ownAnswer: string;
        beforeAll(async () => {
          const victim = await server.aUser('MANAGER');
          await sendFromOwnPage(startSession(victim));
          ownAnswer = await sendFromOwnPage(changeAll(victim));
          cookies = await context.cookies();
        });

        it('are tested with operations that run on a page of the server itself', async () => {
          expect(cookies).toHaveLength(1);
          expect(JSON.parse(ownAnswer).data).toMatchObject({
            createRoom: { id: expect.any(String) },
            startSession: { groups: ['MANAGER'] },
          });
          const before = await readData();
          expect(await sendFromOwnPage(read)).toContain('MANAGER');
          expect(await sendFromOwnPage(change)).toContain('createRoom');
          const { rooms, audit } = await readData();
          expect(rooms).toHaveLength(before.rooms.length + 1);
          expect(audit.length).toBeGreaterThan(before.audit.length);
        });

        const ofUser = sampleOf(Object.entries(httpAttacks), (_attack, index) => index % 2 === 0);
        it.each(ofUser)('run and read nothing by %s', async (_name, attack) => {
          const before = await readData();
          for (const query of [changeAll(attacker), read]) {
            const { answer } = await run(attack, query);
            expect(answer).toBeUndefined();
          }
          expect(await readData()).toEqual(before);
          expect(await context.cookies()).toEqual(cookies);
        });

        it(`have the cookie in their requests: ${isSameSite}`, async () => {
          const attack = httpAttacks['a fetch of text/plain with credentials'];
          const { request } = await run(attack, read);
          const { cookie } = await request.allHeaders();
          expect(cookie !== undefined).toBe(isSameSite);
        });

        it('send JSON in a form of text/plain', async () => {
          const { request } = await run(
            httpAttacks['a form of text/plain that contains JSON'],
            read,
          );
          expect(JSON.parse(request.postData() ?? '').query).toBe(read);
        });

        it('run and read nothing by a WebSocket', async () => {
          const before = await readData();
          for (const query of [change, read, 'subscription { roomEntered { enteredAt } }']) {
            expect(await subscribe(page, { url, query })).toBeUndefined();
          }
          expect(await readData()).toEqual(before);
          const ownPage = await context.newPage();
          await ownPage.goto(url, { waitUntil: 'domcontentloaded' });
          expect(String(await subscribe(ownPage, { url, query: read }))).toContain('MANAGER');
          await ownPage.close();
        });
      });
    });
  },
);
