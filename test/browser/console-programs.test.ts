import { readFile } from 'node:fs/promises';
import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import {
  type ConsoleBrowser,
  type ConsolePage,
  startConsoleBrowser,
} from '../support/console-browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import { askAsAdmin, button, change, dialog, recorded, visit } from '../support/console-people.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { userPassword } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const rows = (page: Page) => page.locator('th[scope=row]');

/** The names of what can be used in a page, beside links. */
const controlsOf = (page: Page): Promise<readonly string[]> =>
  page
    .getByRole('main')
    .locator('button:not(.link), input, select')
    .evaluateAll((elements) =>
      elements.map((element) =>
        element instanceof HTMLInputElement || element instanceof HTMLSelectElement
          ? (element.labels?.[0]?.textContent ?? '')
          : (element.textContent ?? ''),
      ),
    );

/** Whether a page has ever shown a text in its address, its history or its content. */
const keeps = async (page: Page, text: string): Promise<boolean> =>
  page.url().includes(text) ||
  (await page.content()).includes(text) ||
  page.evaluate(
    `JSON.stringify([history.state, { ...localStorage }, { ...sessionStorage }]).includes(${JSON.stringify(text)})`,
  );

describe.skipIf(chromium === undefined)(
  'programs, the log and health in the console (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: ConsoleBrowser;
    beforeAll(async () => {
      // A project may let others in, who then do not read when a program was used.
      const guards = { 'Query.apiClients': ['ADMIN', 'AUDITOR', 'MANAGER'] };
      console = await startConsoleBrowser(chromium ?? '', {}, { guards });
      // A group that the schema does not have is a warning of doctor.
      await console.server.connection.migrations.query(
        `INSERT INTO gatehouse.memberships (user_id, "group") VALUES ('${console.server.admin.id}', 'JANITOR')`,
      );
    });
    afterAll(() => console.stop());

    const asAdmin = (query: string, variables: object = {}) =>
      askAsAdmin(console.server, query, variables);

    /** Creates a program, and returns its id and secret. */
    async function aProgram(name: string) {
      const { createApiClient } = await asAdmin(
        `mutation ($name: String!) {
          createApiClient(name: $name, groups: []) { client { id } secret }
        }`,
        { name },
      );
      return { id: String(createApiClient.client.id), secret: String(createApiClient.secret) };
    }

    const viewerOf = (secret: string) =>
      console.server.ask('{ viewer { groups } }', { token: secret });

    /** Closes a page that was refused nothing. */
    async function close({ context, traffic }: ConsolePage): Promise<void> {
      await traffic.settle();
      expect(traffic.refusals).toEqual([]);
      await context.close();
    }

    it('create a program, replace its secret and disable it', async () => {
      const opened = await console.open('#/programs', ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      await page.getByText('There are no API clients.').waitFor();
      if (isWhole) await checkConsolePage(page, 'programs-empty');
      await button(page, 'Create an API client').click();
      const form = dialog(page, 'Create an API client');
      await form.getByLabel('Name').fill('Door <b>lock</b>');
      await form.getByLabel('STAFF').check();
      await checkConsolePage(page, 'create-program');
      await button(form, 'Create').click();
      await recorded(page, 'client.created');
      await checkConsolePage(page, 'create-program-done');
      const first = (await form.locator('code').textContent()) ?? '';
      expect(await viewerOf(first)).toMatchObject({ status: 200 });
      await form.getByRole('link', { name: 'Door <b>lock</b>' }).click();
      await page.getByRole('heading', { name: 'Door <b>lock</b>' }).waitFor();
      expect(await keeps(page, first)).toBe(false);

      const replaced = await change(page, {
        opener: button(page, 'Replace the secret'),
        action: 'Replace',
        record: 'client.secret_rotated',
      });
      const second = (await replaced.locator('code').textContent()) ?? '';
      // What is shown once is asked about before it is gone.
      await page.keyboard.press('Escape');
      await replaced.getByText('It was not copied, and is not shown again.').waitFor();
      expect(await replaced.locator('code').textContent()).toBe(second);
      await button(replaced, 'Close anyway').click();
      await button(page, 'Replace the secret').and(page.locator(':focus')).waitFor();
      expect(await keeps(page, second)).toBe(false);
      expect((await viewerOf(first)).status).toBe(401);
      expect((await viewerOf(second)).status).toBe(200);
      await page
        .getByLabel('Show', { exact: true })
        .selectOption('What was done to this API client');
      await button(page, 'Replaced a secret').waitFor();
      await checkConsolePage(page, 'program');

      await change(page, {
        opener: button(page, 'Disable'),
        action: 'Disable Door <b>lock</b>',
        typed: 'Door <b>lock</b>',
        record: 'client.disabled',
      });
      await page.locator('.facts').getByText('disabled').waitFor();
      expect(await button(page, 'Replace the secret').count()).toBe(0);
      expect((await viewerOf(second)).status).toBe(401);
      await close(opened);
    });

    it.runIf(isWhole)('find programs by their names, those that may sign in first', async () => {
      const { id } = await aProgram('Old door');
      await asAdmin('mutation ($id: ID!) { disableApiClient(id: $id) { id } }', { id });
      await viewerOf((await aProgram('Printer')).secret);
      const opened = await console.open('#/programs', ['AUDITOR']);
      const { page } = opened;
      await page.getByRole('row', { name: 'Printer' }).waitFor();
      const names = await rows(page).allTextContents();
      expect(names.indexOf('Printer')).toBeLessThan(names.indexOf('Old door'));
      await checkConsolePage(page, 'programs');
      await page.getByLabel('Name').fill('old D');
      await page.getByRole('row', { name: 'Printer' }).waitFor({ state: 'detached' });
      await page.getByLabel('Name').fill('no program');
      await page.getByText('No API client has such a name.').waitFor();
      await visit(opened, '#/programs/00000000-0000-0000-0000-000000000000');
      await page.getByText('There is no such API client.').waitFor();
      await close(opened);
    });

    it('ask for a fresh log-in before a secret is shown', async () => {
      const { id } = await aProgram('Camera');
      const opened = await console.open(`#/programs/${id}`, ['ADMIN']);
      const { page, user, traffic, context } = opened;
      await console.server.connection.migrations.query(
        `UPDATE gatehouse.sessions SET proved = '{"PASSWORD": 1000}' WHERE user_id = '${user.id}'`,
      );
      await button(page, 'Replace the secret').click();
      await button(page.getByRole('dialog'), 'Replace').click();
      const proof = dialog(page, 'Confirm it is you');
      await proof.getByLabel('Password').fill(userPassword);
      await button(proof, 'Confirm').click();
      const form = dialog(page, 'Replace the secret');
      await form.getByText('The secret of Camera was replaced.').waitFor();
      const secret = (await form.locator('code').textContent()) ?? '';
      expect((await viewerOf(secret)).status).toBe(200);
      await traffic.settle();
      expect(traffic.refusals.filter((each) => !each.includes('TOO_OLD'))).toEqual([]);
      await context.close();
    });

    it('find records by action, by who did it, by what it was done to, and by time', async () => {
      const dana = await console.server.aUser('STAFF');
      const printer = await aProgram('Gate');
      const opened = await console.open('#/log', ['AUDITOR']);
      const { page } = opened;
      await page.getByText('All records, the latest first.').waitFor();
      expect(await rows(page).count()).toBe(20);
      await checkConsolePage(page, 'log');
      await button(page, 'Next').click();
      await page.getByText(/^21–\d+$/).waitFor();

      await page.getByLabel('Kind').selectOption('Created an API client');
      await page.getByText('Records of “Created an API client”').waitFor();
      await page.locator('[data-stale=false]').waitFor();
      expect(new Set(await rows(page).allTextContents())).toEqual(
        new Set(['Created an API client']),
      );

      await page.getByLabel('Kind').selectOption('Another action…');
      await page.getByLabel('Action').fill('door.opened');
      await page.getByText('Records of door.opened').waitFor();

      await page.getByLabel('Who / Whom').selectOption('Who did it…');
      await page.getByLabel('Name or id').fill(dana.username);
      await page.keyboard.press('Enter');
      await page.getByLabel('Name or id').and(page.locator(':focus')).waitFor();
      await page.getByRole('link', { name: dana.username, exact: true }).first().click();
      await page.getByText(`What ${dana.username} did`).waitFor();
      await page.locator('[data-stale=false]').waitFor();
      expect(new Set(await rows(page).allTextContents())).toEqual(new Set(['Logged in']));
      if (isWhole) await checkConsolePage(page, 'log-of-person');

      await page.getByLabel('Who / Whom').selectOption('Whom it is about…');
      await page.getByLabel('Name or id').fill(printer.id.toUpperCase());
      await button(page.getByRole('search', { name: 'Records' }), 'Search').click();
      await page.getByText('Records about Gate').waitFor();
      await page.locator('[data-stale=false]').waitFor();
      expect(await rows(page).allTextContents()).toEqual(['Created an API client']);

      await page.getByLabel('When').selectOption('Last hour');
      await page.locator('[data-stale=false]').waitFor();
      expect(await rows(page).count()).toBe(1);
      await page.getByLabel('When').selectOption('Between…');
      await page.getByLabel('From').fill('2040-05-01T12:30');
      await page.getByText('Nothing matches.').waitFor();
      const since = await page.evaluate('new Date("2040-05-01T12:30").toISOString()');
      expect(new URL(page.url()).hash).toContain(encodeURIComponent(String(since)));
      await page.reload();
      await page.getByText('Nothing matches.').waitFor();
      expect(await page.getByLabel('From').inputValue()).toBe('2040-05-01T12:30');
      await page.getByLabel('Before').fill('2040-05-01T12:30');
      await page.getByText('The end must be after the start.').waitFor();
      if (isWhole) await checkConsolePage(page, 'log-no-time');
      await page.getByLabel('Before').fill('2040-05-01T12:31');
      await page.getByRole('link', { name: 'Clear the filters' }).click();
      await page.getByText('All records, the latest first.').waitFor();
      await close(opened);
    });

    it('show all of a record, whose markup is text', async () => {
      const name = 'Bell <img src=x onerror=alert(1)>';
      const { id } = await aProgram(name);
      const opened = await console.open(`#/log?subject=${id}`, ['AUDITOR']);
      const { page } = opened;
      await button(page, 'Created an API client').click();
      const shown = dialog(page, 'Created an API client');
      await shown.getByText('client.created', { exact: true }).waitFor();
      await shown.getByRole('link', { name, exact: true }).waitFor();
      await shown.getByText(`"${name}"; groups: none`).waitFor();
      expect(await page.locator('img').count()).toBe(0);
      await checkConsolePage(page, 'record');
      await page.keyboard.press('Escape');
      await button(page, 'Created an API client').and(page.locator(':focus')).waitFor();
      await page.keyboard.press('Enter');
      await shown.getByRole('link', { name: 'All records of this action' }).click();
      await page.getByText('Records of “Created an API client”').waitFor();
      await close(opened);
    });

    it('count new records as they come, and list them on demand', async () => {
      const opened = await console.open('#/log?action=client.created', ['AUDITOR']);
      const { page } = opened;
      await page.getByLabel('Live').check();
      await page.getByText('New records are counted here').waitFor();
      if (isWhole) await checkConsolePage(page, 'log-live');
      await opened.traffic.settle();
      const before = await rows(page).count();
      await console.server.aUser();
      await aProgram('Siren');
      await button(page, 'Show 1 new record').waitFor();
      expect(await rows(page).count()).toBe(before);
      await button(page, 'Show 1 new record').click();
      await rows(page).first().locator('..').getByRole('link', { name: 'Siren' }).waitFor();
      await button(page, 'No new records').and(page.locator(':focus')).waitFor();
      await close(opened);
    });

    it.runIf(isWhole)('offer what came while the connection was lost', async () => {
      const opened = await console.open('#/log', ['AUDITOR']);
      const { page } = opened;
      const sockets: WebSocketRoute[] = [];
      await page.routeWebSocket(/graphql$/, (socket) => {
        socket.connectToServer();
        sockets.push(socket);
      });
      await page.reload();
      await page.getByLabel('Live').check();
      await page.getByText('New records are counted here').waitFor();
      await sockets[0]?.close({ code: 1012 });
      await page.getByText('The connection is lost.').waitFor();
      await aProgram('Fan');
      await button(page, 'Show new records').click();
      await rows(page).first().locator('..').getByRole('link', { name: 'Fan' }).waitFor();
      await close(opened);
    });

    it.runIf(isWhole)('show why something cannot be read, and try again', async () => {
      await aProgram('Sensor');
      const opened = await console.open('#/people', ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      const pages = [
        { hash: '#/programs', field: 'apiClients', text: 'Sensor' },
        { hash: '#/log', field: 'auditEvents', text: 'Logged in' },
        { hash: '#/health', field: 'consoleHealth', text: 'migrations' },
      ];
      for (const { hash, field, text } of pages) {
        await page.route('**/graphql', async (route) => {
          const request = route.request();
          const isRead = request.postData()?.includes(field) && !request.headers().prefer;
          await (isRead ? route.abort() : route.continue());
        });
        await page.evaluate(`location.hash = '${hash}'`);
        // The mark in the menu may have read it.
        await page.reload();
        await page.getByText('The server cannot be reached.').waitFor();
        await checkConsolePage(page, `failed-${field}`);
        await page.unroute('**/graphql');
        await button(page, 'Try again').click();
        await page.getByRole('rowheader', { name: text }).first().waitFor();
        await page.locator('h1:focus').waitFor();
      }
      await close(opened);
    });

    it('log out a viewer whose session ends while it receives new records', async () => {
      const opened = await console.open('#/log?live=on', ['AUDITOR']);
      const { page, user, context } = opened;
      await page.getByText('New records are counted here').waitFor();
      await asAdmin('mutation ($id: ID!) { disableUser(id: $id) { id } }', { id: user.id });
      await button(page, 'Log in').waitFor();
      await context.close();
    });

    it.runIf(isWhole)('export the records that the filter finds, the oldest first', async () => {
      const { id } = await aProgram('Lift');
      await asAdmin('mutation ($id: ID!) { rotateApiClientSecret(id: $id) { secret } }', { id });
      const opened = await console.open(`#/log?subject=${id}`, ['AUDITOR']);
      const { page } = opened;
      await button(page, 'Export').click();
      const form = dialog(page, 'Export records');
      const download = page.waitForEvent('download');
      await button(form, 'Download').click();
      await form.getByText('Done: the file has 2 records.').waitFor();
      await checkConsolePage(page, 'log-export');
      const file = await download;
      expect(file.suggestedFilename()).toMatch(/^audit-\d{4}-\d\d-\d\d\.jsonl$/);
      const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\n');
      const records = lines.map((line) => JSON.parse(line));
      const written = await console.server.connection.migrations.query(
        `SELECT id, at, action, actor_kind AS "actorKind", actor_id AS "actorId",
           subject_id AS "subjectId", ip, detail
         FROM gatehouse.audit_events WHERE subject_id = '${id}' ORDER BY id`,
      );
      expect(records).toEqual(JSON.parse(JSON.stringify(written)));
      expect(Object.keys(records[0])).toEqual(Object.keys(Object(written[0])));
      await close(opened);
    });

    it.runIf(isWhole)('export the latest 10,000 records of more, and say so', async () => {
      const { id } = await aProgram('Meter');
      await console.server.connection.migrations.query(
        `INSERT INTO gatehouse.audit_events (id, at, action, subject_id)
         SELECT overlay(gen_random_uuid()::text PLACING left(id::text, 15) FROM 1 FOR 15)::uuid,
           at, 'meter.read', subject_id
         FROM gatehouse.audit_events, generate_series(1, 10050) WHERE subject_id = '${id}'`,
      );
      const opened = await console.open(`#/log?subject=${id}`, ['AUDITOR']);
      const { page } = opened;
      await button(page, 'Export').click();
      const form = dialog(page, 'Export records');
      const download = page.waitForEvent('download');
      await button(form, 'Download').click();
      await form.getByText('records, back to').waitFor();
      await form.getByText('The file has the latest 10,000 records.').waitFor();
      const text = await readFile(await (await download).path(), 'utf8');
      const ids = text
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line).id);
      expect(new Set(ids).size).toBe(10_000);
      expect(ids).toEqual(ids.toSorted());
      await close(opened);
    });

    it('show first what needs attention, each with a link to where it is seen', async () => {
      await console.server.ask(
        'mutation { login(username: "unknown-user", password: "wrong") { accessToken } }',
      );
      const { id: userId } = await console.server.aUser('STAFF');
      const expiresAt = new Date(Date.now() + 6 * 24 * 60 * 60_000).toISOString();
      await console.server.ask(
        `mutation { grantGroup(userId: "${userId}", group: MANAGER, expiresAt: "${expiresAt}") { id } }`,
        { token: console.server.admin.accessToken },
      );
      const opened = await console.open('', ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      const lines = page.getByRole('list', { name: 'What needs attention' });
      await lines.getByText('A warning of the check “groups”').waitFor();
      await lines
        .getByRole('link', { name: '1 membership of MANAGER ends within 7 days' })
        .waitFor();
      await checkConsolePage(page, 'overview');
      await lines.getByRole('link', { name: /failed logins? in the last 24 hours/ }).click();
      await page.getByRole('row').filter({ hasText: 'Login failed' }).first().waitFor();
      await page.goBack();
      await lines.getByRole('link', { name: /the check/ }).click();
      await page.getByRole('heading', { name: 'Health' }).waitFor();
      await close(opened);
      // What a viewer may not read is not there.
      const manager = await console.open('', ['MANAGER']);
      await manager.page.getByRole('heading', { level: 1 }).waitFor();
      expect(await manager.page.getByRole('link', { name: 'Overview' }).count()).toBe(0);
      await close(manager);
    });

    it('show what doctor finds, problems first, with versions and keys', async () => {
      const opened = await console.open('#/health', ['AUDITOR']);
      const { page } = opened;
      await page.getByText('1 warning: groups', { exact: true }).waitFor();
      await page.getByText('Development mode: this server allows').waitFor();
      await page.getByText(`Node.js ${process.version.slice(1)}, checked`).waitFor();
      const [first = '', ...others] = await page
        .getByRole('table', { name: 'Checks' })
        .locator('tbody tr')
        .allTextContents();
      expect(first).toContain('groupsWarningheld, but not in the schema: JANITOR');
      expect(others.join()).not.toContain('Warning');
      await page
        .getByRole('table', { name: 'Keys' })
        .getByText('Signing now', { exact: true })
        .waitFor();
      // The menu says so on each page.
      await page
        .getByRole('navigation', { name: 'Pages' })
        .getByRole('link', { name: 'Health 1 found' })
        .waitFor();
      await checkConsolePage(page, 'health');
      await button(page, 'Check again').click();
      await opened.traffic.settle();
      await button(page, 'Check again').and(page.locator(':focus')).waitFor();
      await close(opened);
    });

    const viewers = [
      { groups: [], programs: [], program: [], log: [], health: [] },
      { groups: ['MANAGER'], programs: ['Name'], program: [], log: [], health: [] },
      {
        groups: ['AUDITOR'],
        programs: ['Name'],
        program: ['Show'],
        log: ['Live', 'Export', 'Kind', 'Who / Whom', 'When', 'Previous', 'Next'],
        health: ['Check again'],
      },
      {
        groups: ['ADMIN'],
        programs: ['Create an API client', 'Name'],
        program: ['Replace the secret', 'Disable'],
        log: [],
        health: ['Check again'],
      },
    ];
    it.each(sampleOf(viewers, ({ groups: [group] }) => group === undefined || group === 'AUDITOR'))(
      'show a viewer in the groups $groups what it may use, and nothing else',
      async ({ groups, programs, program, log, health }) => {
        const { id } = await aProgram('Turnstile');
        const opened = await console.open('#/programs', groups);
        expect(await controlsOf(opened.page)).toEqual(programs);
        const readsUse = groups.includes('ADMIN') || groups.includes('AUDITOR');
        expect(await opened.page.getByText('Last use').count()).toBe(readsUse ? 1 : 0);
        await visit(opened, `#/programs/${id}`);
        expect(await controlsOf(opened.page)).toEqual(program);
        await visit(opened, '#/log');
        expect(await controlsOf(opened.page)).toEqual(log);
        await visit(opened, '#/health');
        expect(await controlsOf(opened.page)).toEqual(health);
        await checkConsolePage(opened.page, `health-as-${groups}`);
        await close(opened);
      },
    );
  },
);
