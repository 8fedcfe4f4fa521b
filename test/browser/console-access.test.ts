import { readFile } from 'node:fs/promises';
import { gatehouseConsole } from '@graphql-gatehouse/console';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { toWords } from '../../packages/console/pages/src/access/words.ts';
import type { GatehousePackage } from '../../src/index.ts';
import { findChromium } from '../support/browser.ts';
import {
  type ConsoleBrowser,
  type ConsolePage,
  startConsoleBrowser,
} from '../support/console-browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import { consolePackages } from '../support/console-example.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { takePicture } from '../support/web-check.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const operations = `
query Info { serverInfo { version } }
query Users($all: Boolean) { users(includeDisabled: $all) { edges { node { id email } } } }
query Rooms { rooms { edges { node { name accessCode } } } }
mutation Grant($id: ID!) { grantGroup(userId: $id, group: STAFF) { id } }
query Broken { nothing }
`;

const matrixOf = z.object({
  consoleMatrix: z.object({
    columns: z.array(z.string()),
    rows: z.array(
      z.object({ coordinate: z.string(), requirement: z.string(), cells: z.array(z.string()) }),
    ),
  }),
});

/** A package with one field of type String, and what else its SDL has. */
const withField = (name: string, guard: string, other = ''): GatehousePackage => ({
  name,
  domains: () => [
    {
      name,
      typeDefs: `extend type Query { "A field." ${name}: String ${guard} } ${other}`,
      resolvers: { Query: { [name]: () => name } },
    },
  ],
});

const guards = {
  'Query.consoleOperations': ['ADMIN', 'AUDITOR', 'STAFF'],
  'Query.consoleChanges': ['AUDITOR'],
};
const options = {
  packages: [...consolePackages, withField('bike', '@public')],
  guards,
  former: {
    packages: [
      ...consolePackages,
      withField('car', '@auth(requires: [PORTER])', 'extend enum Group { "Lets cars in." PORTER }'),
    ],
    guards: { ...guards, 'Query.users': ['ADMIN', 'AUDITOR'] },
  },
};

const tabs = ['Matrix', 'Operations', 'Changes', 'Unused'];

/** Opens another part of the console in the same page. */
async function visit({ page, traffic }: ConsolePage, hash: string): Promise<void> {
  const url = new URL(page.url());
  url.hash = hash;
  await page.goto(url.href);
  await traffic.settle();
}

const tabsOf = (page: Page) =>
  page.getByRole('navigation', { name: 'Access' }).getByRole('link').allTextContents();

describe.skipIf(chromium === undefined)('the page Access of the console (needs Chromium)', () => {
  let console: ConsoleBrowser;
  beforeAll(async () => {
    console = await startConsoleBrowser(chromium ?? '', { 'web.graphql': operations }, options);
  });
  afterAll(() => console.stop());

  const namesOf = (page: Page) => page.getByRole('rowheader').allTextContents();
  const changesOn = async (page: Page) => (await namesOf(page)).map((name) => name.trim());
  async function readMatrix() {
    const { data } = await console.server.ask(
      '{ consoleMatrix { columns rows { coordinate requirement cells } } }',
      { token: console.server.admin.accessToken },
    );
    return matrixOf.parse(data).consoleMatrix;
  }

  it('shows the matrix, and filters it by type, text, viewer, access and what differs', async () => {
    const opened = await console.open('#/access/matrix?by=field', ['AUDITOR']);
    const { context, page, traffic } = opened;
    const { columns, rows } = await readMatrix();
    const [staff, manager] = [columns.indexOf('STAFF'), columns.indexOf('MANAGER')];
    expect(await tabsOf(page)).toEqual(tabs);
    const guarded = rows.filter(({ cells }) => cells.some((cell) => cell !== ''));
    await page.getByText(`${guarded.length} of ${rows.length} rows`).waitFor();
    expect(await namesOf(page)).toEqual(guarded.map(({ coordinate }) => coordinate));
    await takePicture(page, 'access-matrix');

    await page.getByLabel('Viewer').selectOption('STAFF');
    await page.getByLabel('Compare with').selectOption('MANAGER');
    const different = rows.filter(({ cells }) => cells[staff] !== cells[manager]);
    expect(await namesOf(page)).toEqual(different.map(({ coordinate }) => coordinate));
    await page.getByRole('combobox', { name: 'Access' }).selectOption('closed');
    await page.getByLabel('Type').selectOption('Mutation');
    await page.getByLabel('Search').fill('ROOM');
    await page.getByText(`3 of ${rows.length} rows`).waitFor();
    const rooms = ['Mutation.createRoom', 'Mutation.updateRoom', 'Mutation.deleteRoom'];
    expect(await namesOf(page)).toEqual(rooms);
    await checkConsolePage(page, 'access-matrix-filtered');
    await page.getByLabel('Search').fill('nothing');
    await page.getByText('Nothing matches.').waitFor();
    if (isWhole) await checkConsolePage(page, 'access-matrix-empty');

    await page.getByLabel('Search').fill('room');
    await page.keyboard.press('Enter');
    await page.reload();
    await page.getByText(`3 of ${rows.length} rows`).waitFor();
    expect(await namesOf(page)).toEqual(rooms);
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it.runIf(isWhole)(
    'shows what is as its parent when that is asked for, and how to read a row',
    async () => {
      const { context, page } = await console.open('#/access/matrix?type=Query&by=field', [
        'ADMIN',
      ]);
      const { rows } = await readMatrix();
      const all = rows.filter(({ coordinate }) => coordinate.startsWith('Query.'));
      await page.getByLabel('Also show fields without a rule of their own').check();
      expect(await namesOf(page)).toEqual(all.map(({ coordinate }) => coordinate));
      // An ADMIN may not read what changed.
      expect(await tabsOf(page)).toEqual(tabs.filter((name) => name !== 'Changes'));
      await page.getByText('How to read this').click();
      await page.getByText('each other column is a viewer in only that group').waitFor();
      await checkConsolePage(page, 'access-matrix-whole');
      await context.close();
    },
  );

  it('shows the matrix by type on one screen, with one type open, and those of packages behind one line', async () => {
    const opened = await console.open('#/access', ['AUDITOR'], {
      viewport: { width: 1280, height: 860 },
    });
    const { context, page, traffic } = opened;
    const { rows } = await readMatrix();
    const table = page.getByRole('table', { name: 'Access matrix by type' });
    const types = (await table.getByRole('button').allTextContents()).map((text) => text.trim());
    expect(types.slice(0, 3)).toEqual(['▸ Query', '▸ Mutation', '▸ Subscription']);
    expect(types.at(-1)).toMatch(/^▸ \d+ types of Gatehouse and packages$/);
    expect(types.join()).not.toContain('AuditEvent');
    await table.getByRole('button', { name: 'Room', exact: true }).click();
    const own = rows.filter(
      ({ coordinate, cells }) =>
        /^Room(\.|$)/.test(coordinate) && cells.some((cell) => cell !== ''),
    );
    expect(await table.locator('.field-row').count()).toBe(own.length);
    const last = await table.getByRole('row').last().boundingBox();
    expect((last?.y ?? Number.NaN) + (last?.height ?? 0)).toBeLessThanOrEqual(860);
    await checkConsolePage(page, 'access-by-type');
    await table.getByRole('button', { name: 'types of Gatehouse' }).click();
    await table.getByRole('button', { name: 'AuditEvent', exact: true }).click();
    await table.getByRole('link', { name: 'AuditEvent', exact: true }).click();
    const panel = page.getByRole('complementary', { name: 'AuditEvent' });
    await panel.getByText('@auth(requires: [AUDITOR])').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('AuditEvent');
    await table.getByRole('button', { name: 'Query', exact: true }).click();
    await table.getByRole('link', { name: 'Query.user', exact: true }).click();
    const field = page.getByRole('complementary', { name: 'Query.user' });
    await field.getByText('only if SELF allows the viewer').first().waitFor();
    await field.getByText('Query.user', { exact: true }).nth(1).waitFor();
    await checkConsolePage(page, 'access-field-panel');
    await page.goBack();
    await panel.waitFor();
    await panel.getByRole('link', { name: 'Close' }).click();
    await panel.waitFor({ state: 'detached' });
    await table.getByRole('link', { name: 'AuditEvent', exact: true }).click();
    await panel.getByRole('link', { name: 'Open as a page' }).click();
    await page.getByRole('heading', { name: 'Ways to AuditEvent' }).waitFor();
    await page.goBack();
    await table.getByRole('link', { name: 'AuditEvent', exact: true }).waitFor();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('shows one viewer on a narrow screen, another when it is chosen, and those of the address', async () => {
    const opened = await console.open('#/access', ['AUDITOR'], {
      viewport: { width: 390, height: 844 },
    });
    const { context, page } = opened;
    const table = page.getByRole('table', { name: 'Access matrix by type' });
    const headsOf = () => table.getByRole('columnheader').allTextContents();
    await expect.poll(headsOf).toEqual(['Type', 'authenticated']);
    await page.getByLabel('Viewer').selectOption('STAFF');
    await expect.poll(headsOf).toEqual(['Type', 'STAFF']);
    const frame = page.getByRole('region', { name: 'Access matrix by type' });
    expect(await frame.evaluate((each) => each.scrollWidth <= each.clientWidth)).toBe(true);
    await checkConsolePage(page, 'access-narrow');

    await visit(opened, '#/access/matrix?viewers=STAFF,ADMIN');
    await expect.poll(headsOf).toEqual(['Type', 'STAFF', 'ADMIN']);
    await page.getByText(/^Viewers: 2 of/).click();
    await page.getByRole('checkbox', { name: 'ADMIN' }).uncheck();
    await page.getByText(/^Viewers: 1 of/).waitFor();
    await checkConsolePage(page, 'access-viewers-narrow');
    await context.close();
  });

  it('shows, hides and moves viewers by keyboard, and keeps them in the address', async () => {
    const opened = await console.open('#/access', ['AUDITOR']);
    const { context, page, traffic } = opened;
    const { columns } = await readMatrix();
    const table = page.getByRole('table');
    const headsOf = async () =>
      (await table.getByRole('columnheader').allTextContents()).slice(1).join();
    const focused = () =>
      page.evaluate(
        'document.activeElement.ariaLabel ?? document.activeElement.labels?.[0].textContent',
      );
    await expect.poll(headsOf).toBe(columns.join());
    await page.getByText(`Viewers: all ${columns.length}`).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Move AUDITOR to the left' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(`AUDITOR is column 3 of ${columns.length}.`).waitFor();
    await expect.poll(focused).toBe('Move AUDITOR to the left');
    await expect.poll(headsOf).toBe('anonymous,authenticated,AUDITOR,ADMIN,MANAGER,STAFF');
    for (const name of ['anonymous', 'authenticated', 'MANAGER']) {
      await page.getByRole('checkbox', { name }).focus();
      await page.keyboard.press('Space');
      await expect.poll(focused).toBe(name);
    }
    await expect.poll(headsOf).toBe('AUDITOR,ADMIN,STAFF');
    await checkConsolePage(page, 'access-viewers');
    await page.getByRole('button', { name: 'Move AUDITOR to the end' }).click();
    await expect.poll(headsOf).toBe('ADMIN,STAFF,AUDITOR');
    await page.reload();
    await page.getByText(`Viewers: 3 of ${columns.length}`).click();
    await expect.poll(headsOf).toBe('ADMIN,STAFF,AUDITOR');
    expect(page.url()).toContain(encodeURIComponent('ADMIN,STAFF,AUDITOR'));
    await page.getByRole('link', { name: 'By field' }).click();
    await expect.poll(headsOf).toBe('ADMIN,STAFF,AUDITOR,Requirement');
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(headsOf).toBe(`${columns.join()},Requirement`);
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('shows each rule once, compares two viewers, and finds what is open to anyone', async () => {
    const opened = await console.open('#/access/matrix?by=rule', ['AUDITOR']);
    const { context, page, traffic } = opened;
    const { columns, rows } = await readMatrix();
    const guarded = rows.filter(({ cells }) => cells.some((cell) => cell !== ''));
    const table = page.getByRole('table', { name: 'Access matrix by rule' });
    const rules = new Set(
      guarded.map(({ requirement, cells }) => JSON.stringify([requirement, cells])),
    );
    expect(await table.getByRole('rowheader').count()).toBe(rules.size);
    await table.getByRole('button').first().click();
    await table.getByRole('list').getByRole('link').first().waitFor();
    await checkConsolePage(page, 'access-by-rule');
    await page.getByLabel('Viewer').selectOption('MANAGER');
    await page.getByLabel('Compare with').selectOption('STAFF');
    const [manager, staff] = [columns.indexOf('MANAGER'), columns.indexOf('STAFF')];
    const only = (column: number, other: number) =>
      guarded.filter(({ cells }) => cells[other] === 'no' && cells[column] !== 'no').length;
    const [, more, less] =
      /can do more than STAFF by (\d+) rules?, and less by (\d+) rules?\./.exec(
        (await page.getByText(/^MANAGER can do/).textContent()) ?? '',
      ) ?? [];
    expect(Number(more)).toBeGreaterThanOrEqual(only(manager, staff));
    expect(Number(less)).toBeGreaterThanOrEqual(only(staff, manager));
    await visit(opened, '#/access/matrix?by=field&finding=anyone');
    const anonymous = columns.indexOf('anonymous');
    const open = guarded.filter(({ cells }) => !['', 'no'].includes(cells[anonymous] ?? ''));
    await expect
      .poll(() => namesOf(page))
      .toEqual(open.slice(0, 100).map(({ coordinate }) => coordinate));
    await visit(opened, '#/access/matrix?by=field&type=Mutation');
    const grant = page
      .getByRole('row')
      .filter({ has: page.getByText('Mutation.grantGroup', { exact: true }) });
    expect(await grant.getByText('args').count()).toBeGreaterThan(0);
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('saves the rows that are shown as CSV and Markdown', async () => {
    const { context, page } = await console.open('#/access/matrix?type=Query', ['AUDITOR']);
    const save = async (name: string) => {
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name }).click();
      const download = await saved;
      const text = await readFile(await download.path(), 'utf8');
      return { name: download.suggestedFilename(), text };
    };
    const csv = await save('Save as CSV');
    expect(csv.name).toMatch(/^access-\d{4}-\d\d-\d\d-\w+-part-anonymous-.+\.csv$/);
    expect(csv.text).toMatch(/^coordinate,requirement,anonymous,authenticated,ADMIN/);
    expect(csv.text).toContain("\r\nQuery.auditEvents,'@auth(requires: [AUDITOR]),no,no,");
    const markdown = await save('Save as Markdown');
    expect(markdown.text).toMatch(
      /^# Access of localhost:\d+ on .+, schema \w+, \d+ of its \d+ rows\n\n\| coordinate/,
    );
    await context.close();
  });

  it('shows, one click from the overview, what changed since nodes served another schema, and says what was and what is', async () => {
    const { context, page, traffic } = await console.open('#/overview', ['AUDITOR']);
    await page.getByRole('link', { name: '4 rules changed since the schema before' }).click();
    await page.getByText('4 rows', { exact: true }).waitFor();
    const changed = ['Query.users', 'Query.bike new', 'Group.PORTER removed', 'Query.car removed'];
    expect(await changesOn(page)).toEqual(changed);
    const cellsOf = (name: string) =>
      page.getByRole('row', { name }).getByRole('cell').allTextContents();
    expect((await cellsOf('Query.users')).filter((cell) => cell.startsWith('was'))).toEqual([
      'was @auth(requires: [ADMIN, AUDITOR]), now @auth(requires: [ADMIN, AUDITOR, MANAGER])',
      'was no, now yes',
    ]);
    expect(await cellsOf('Query.car')).toContain('was yes');
    await page.getByText('Removed group PORTER.').waitFor();
    await checkConsolePage(page, 'access-changes');

    await page.getByLabel('Viewer').selectOption('MANAGER');
    await page.getByLabel('Type').selectOption('Query');
    await page.getByLabel('Search').fill('USERS');
    await page.getByText('1 of 4 rows').waitFor();
    await page.keyboard.press('Enter');
    await page.reload();
    await page.getByText('1 of 4 rows').waitFor();
    expect(await changesOn(page)).toEqual(['Query.users']);
    await checkConsolePage(page, 'access-changes-filtered');
    await page.getByLabel('Viewer').selectOption('STAFF');
    await page.getByText('No changed row is like this.').waitFor();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  const since = '2026-01-31T08:00:00.000Z';
  const columns = ['anonymous', 'authenticated'];
  const unchanged = { since, isServed: true, columns, newGroups: [], removedGroups: [] };
  it.runIf(isWhole).each([
    { name: 'none', consoleChanges: null, says: 'The history of access has no other schema' },
    {
      name: 'no-rows',
      consoleChanges: { ...unchanged, settings: [], rows: [] },
      says: 'Nothing changed since',
    },
    {
      name: 'settings',
      consoleChanges: {
        ...unchanged,
        settings: [{ was: '**A** implies B.', now: '**A** implies C.' }],
        rows: [],
      },
      says: 'Nothing else changed since',
    },
  ])('says "$says" when that is so', async ({ name, consoleChanges, says }) => {
    const opened = await console.open('#/health', ['AUDITOR']);
    const { context, page } = opened;
    await page.route(/graphql$/, (route) =>
      route.request().postData()?.includes('query Changes') &&
      route.request().headers().prefer === undefined
        ? route.fulfill({ json: { data: { consoleChanges } } })
        : route.continue(),
    );
    await visit(opened, '#/access/changes');
    await page.getByText(says).waitFor();
    await checkConsolePage(page, `access-changes-${name}`);
    await context.close();
  });

  it('explains every way to a field by keyboard: guards, their places, who passes, what uses it', async () => {
    const opened = await console.open('#/access/ways', ['AUDITOR']);
    const { context, page, traffic } = opened;
    await page.getByText('Name a field to see every path to it').waitFor();
    if (isWhole) await checkConsolePage(page, 'access-ways-none');
    await page.getByLabel('Field, argument').focus();
    await page.keyboard.type('user.ema');
    expect(
      await page
        .locator('datalist option')
        .evaluateAll((options) => options.map((option) => option.getAttribute('value'))),
    ).toEqual(['User.email']);
    await page.getByLabel('Field, argument').fill('User.email');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ways to User.email' }).waitFor();
    expect(await page.title()).toBe(`User.email · Access · ${new URL(page.url()).host}`);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');

    const way = page.getByRole('table', { name: 'Ways to User.email' }).getByRole('row').nth(1);
    await way.locator('summary').focus();
    await page.keyboard.press('Enter');
    const steps = way.getByRole('listitem');
    await expect
      .poll(() => steps.allTextContents())
      .toEqual([
        expect.stringMatching(/^Query\.me@authviewer\/viewer\.graphql:\d+$/),
        expect.stringMatching(/^User\.email@auth\(requires: \[ADMIN\], or: \[SELF\]\)users\/user/),
      ]);
    const [, ...heads] = await page.getByRole('columnheader').allTextContents();
    const cells = await way.getByRole('cell').allTextContents();
    const [anonymous, admin] = ['anonymous', 'ADMIN'].map((head) => cells[heads.indexOf(head)]);
    expect([anonymous, admin]).toEqual(['no', 'yes']);
    await way.getByTitle('denied at Query.me').waitFor();
    await page.getByText('query Way { me { email } }').waitFor();
    const uses = page.getByRole('list', { name: 'Operations that use it' });
    expect(await uses.allTextContents()).toEqual([expect.stringMatching(/^Users .*operations/)]);
    await checkConsolePage(page, 'access-ways');

    await steps.getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Ways to Query.me' }).waitFor();
    await visit(opened, '#/access/ways?coordinate=No.such');
    await page.getByText('The schema has no No.such.').waitFor();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it.runIf(isWhole)('shows which ids on a way name rows, and what must admit them', async () => {
    const opened = await console.open('#/health', ['ADMIN']);
    const { context, page } = opened;
    // The demo has no `@references`.
    const id = { coordinate: 'Query.room(id:)', typeName: 'Room', rows: ['ROOM_MEMBER', 'SELF'] };
    await page.route(/graphql$/, async (route) => {
      if (!route.request().postData()?.includes('query Ways')) return route.continue();
      const response = await route.fetch();
      const text = await response.text();
      return route.fulfill({
        response,
        body: text.replace('"ids":[]', `"ids":[${JSON.stringify(id)}]`),
      });
    });
    await visit(opened, '#/access/ways?coordinate=Query.room');
    await page.locator('summary').first().click();
    const named = 'Query.room(id:) names a row of Room, which ROOM_MEMBER or SELF must allow';
    await page.getByText(named).waitFor();
    await context.close();
  });

  it.runIf(isWhole)('shows more ways when there are more than 20', async () => {
    const hash = '#/access/ways?coordinate=Membership.grantedBy';
    const { context, page } = await console.open(hash, ['ADMIN']);
    const ways = page.getByRole('rowheader');
    expect(await ways.count()).toBe(20);
    await page.getByRole('button', { name: 'Show more ways' }).click();
    await expect.poll(() => ways.count()).toBeGreaterThan(20);
    await context.close();
  });

  it('views as groups, as an anonymous viewer and as a person, and marks what depends on data', async () => {
    const { server } = console;
    const person = await server.aUser('MANAGER');
    const opened = await console.open('#/access/matrix?as=groups', ['AUDITOR']);
    const { context, page, traffic } = opened;
    const { columns, rows } = await readMatrix();
    const cellsOf = (column: string) =>
      rows.flatMap(({ cells }) => cells[columns.indexOf(column)] || []);
    const wordsOf = (column: string) => String(cellsOf(column).map((cell) => toWords(cell).short));
    const shown = async () =>
      (await page.locator('tbody td:nth-child(2) .marked').allTextContents()).toString();

    expect(await shown()).toBe(wordsOf('authenticated'));
    await page.getByLabel('STAFF').check();
    await expect.poll(shown).toBe(wordsOf('STAFF'));
    const byData = cellsOf('STAFF').filter(
      (cell) => !/^(no|(yes|all|readable)(, \d+ (s|factors?))*)$/.test(cell),
    );
    expect(await page.getByText('depends on data').count()).toBe(byData.length);
    await takePicture(page, 'access-view');
    await page.getByLabel('View as').selectOption('An anonymous viewer');
    await expect.poll(shown).toBe(wordsOf('anonymous'));

    await page.getByLabel('View as').selectOption({ label: 'A user' });
    await page.getByText('Search a user').waitFor();
    await page.getByLabel('Name').fill(person.username);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: person.username }).click();
    await page.getByRole('heading', { name: person.username }).waitFor();
    await expect.poll(shown).toBe(wordsOf('MANAGER'));
    await page.getByLabel('Search').fill('Query.r');
    await checkConsolePage(page, 'access-view-person');
    await page.getByRole('link', { name: 'Operations' }).click();
    await expect.poll(() => namesOf(page)).toEqual(['Grant', 'Users', 'Info', 'Rooms']);
    if (isWhole) await checkConsolePage(page, 'access-view-operations');
    await visit(opened, '#/access/matrix?as=groups&groups=NONE');
    await page.getByText('The schema has not all of these groups: NONE.').waitFor();
    await visit(opened, `#/access/matrix?as=person&person=${crypto.randomUUID()}`);
    await page.getByText('There is no such user.').waitFor();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('finds pages, groups, users, API clients and fields from every page, by keyboard', async () => {
    const { server } = console;
    const person = await server.aUser('STAFF');
    const { context, page, traffic } = await console.open('#/health', ['ADMIN']);
    const found = page.getByRole('list', { name: 'Found' });
    const search = async (text: string) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog', { name: 'Search' }).waitFor();
      await page.keyboard.type(text);
      await found.getByRole('listitem').first().waitFor();
      await traffic.settle();
      return (await found.getByRole('listitem').allTextContents()).map((each) => each.trim());
    };
    expect(await search('staff')).toContain('STAFF Group');
    if (isWhole) await checkConsolePage(page, 'search');
    await page.keyboard.press('Escape');
    expect((await search('disable'))[0]).toBe('Create, invite, disable or delete a user Task');
    await page.keyboard.press('Escape');
    expect(await search('user.ema')).toEqual(['User.email Field']);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ways to User.email' }).waitFor();
    expect(await search(person.username)).toEqual([`${person.username} User`]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: person.username }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('offers no search to a viewer who has one page, and finds only what a viewer may open', async () => {
    const alone = await console.open('#/account', []);
    await alone.page.getByRole('heading', { name: 'My account' }).waitFor();
    expect(await alone.page.getByRole('button', { name: 'Search' }).count()).toBe(0);
    await alone.context.close();
    const manager = await console.open('#/people', ['MANAGER']);
    await manager.page.getByRole('button', { name: 'Search' }).click();
    await manager.page.keyboard.type('e');
    const found = manager.page.getByRole('list', { name: 'Found' });
    await found.getByRole('listitem').first().waitFor();
    await manager.traffic.settle();
    const hrefs = await found
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(hrefs.filter((href) => !/^#\/(people|account|overview)/.test(href ?? ''))).toEqual([]);
    expect(manager.traffic.refusals).toEqual([]);
    await manager.context.close();
  });

  it('lists the operations of front ends, the worst first, and what is wrong with their files', async () => {
    const { context, page, traffic } = await console.open('#/access/operations', ['AUDITOR']);
    await page.getByText('Cannot query field "nothing"').waitFor();
    expect(await namesOf(page)).toEqual([
      'Grantdenied at Mutation.grantGroup',
      'Usersdenied at Query.users',
      'Roomsdenied at Query.rooms',
      'Info',
    ]);
    await checkConsolePage(page, 'access-operations');
    await page.getByLabel('Viewer').selectOption('MANAGER');
    await page.getByLabel('Result').selectOption('allowed on conditions');
    expect(await namesOf(page)).toEqual(['Users']);
    await page.getByTitle(/variables: Query\.users\(includeDisabled:\) with \$all$/).waitFor();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('says in one number how much a group opens: to a user without a group, on its page and in its list', async () => {
    const { id } = await console.server.aUser();
    const opened = await console.open(`#/people/${id}`, ['ADMIN', 'AUDITOR']);
    const { context, page } = opened;
    const { data } = await console.server.ask(
      '{ consoleGroup(name: "MANAGER") { opened { coordinate } } }',
      { token: console.server.admin.accessToken },
    );
    const number = `${data.consoleGroup.opened.length} fields and inputs`;
    await page.getByRole('button', { name: 'Grant a group' }).click();
    await page.getByRole('radio', { name: 'MANAGER' }).check();
    await page.getByText(`MANAGER opens ${number} more: `).waitFor();
    await page.keyboard.press('Escape');
    await visit(opened, '#/groups/MANAGER/access');
    await page.getByRole('link', { name: number, exact: true }).click();
    await page.getByText(`${number} that are closed to a user in no group`).waitFor();
    await page.getByRole('button', { name: /^Also show \d+ below them$/ }).click();
    await page.getByText(`${data.consoleGroup.opened.length} rows`, { exact: true }).waitFor();
    await context.close();
  });

  it.runIf(isWhole)('shows what a group opens, by which way', async () => {
    const { context, page, traffic } = await console.open('#/access/groups', ['ADMIN']);
    await page.getByRole('combobox', { name: 'Group' }).selectOption('MANAGER');
    await page.getByText('Manages rooms').waitFor();
    const roots = await namesOf(page);
    expect(roots.filter((name) => !/^(Query|Mutation|Subscription)\./.test(name))).toEqual([]);
    await page.getByRole('button', { name: /^Also show \d+ below them$/ }).click();
    expect((await namesOf(page)).length).toBeGreaterThan(roots.length);
    await page.getByLabel('Search').fill('Room.entries');
    await expect.poll(() => namesOf(page)).toEqual(['Room.entries']);
    await page.getByText('Query.room → Room.entries').waitFor();
    await checkConsolePage(page, 'access-group');
    await page.getByLabel('Search').fill('none');
    await page.getByText('Nothing matches.').waitFor();
    await page.getByLabel('Show', { exact: true }).selectOption('Operations');
    expect(await namesOf(page)).toContain('Rooms');
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('shows which rights were not used, and that nothing is known of times without counts', async () => {
    const { context, page, traffic } = await console.open('#/access/unused', ['AUDITOR']);
    const show = page.getByRole('button', { name: 'Show what has been counted so far' });
    // A node records each minute that it counts.
    await page.getByText(/^(Counting began .+ for 90 days|Nothing was counted in .+)\.$/).waitFor();
    expect(await page.getByRole('heading', { level: 2 }).count()).toBe(0);
    if (isWhole) await checkConsolePage(page, 'access-unused-early');
    await show.click();
    await page.getByText('nothing below is known to be unused').waitFor();
    await page.getByText('no node ran that counts').waitFor();
    await page.getByRole('heading', { name: 'Groups without a counted use' }).waitFor();
    await page.getByLabel('Time', { exact: true }).selectOption('30');
    await page.getByText('no node ran that counts').waitFor();
    await checkConsolePage(page, 'access-unused');
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it.runIf(isWhole)('stays quick with 5,000 rows, of which it shows pages', async () => {
    const opened = await console.open('#/health', ['ADMIN']);
    const { context, page } = opened;
    const rows = Array.from({ length: 5_000 }, (_, index) => ({
      typeName: `Type${index % 100}`,
      coordinate: `Type${index % 100}.field${index}`,
      requirement: '@auth',
      cells: ['no', 'yes', 'SELF'],
      stricter: [],
    }));
    const columns = ['anonymous', 'authenticated', 'ADMIN'];
    const consoleMatrix = { columns, notes: [], projectTypes: [], rows };
    await page.route(/graphql$/, (route) =>
      route.request().postData()?.includes('query Matrix') &&
      route.request().headers().prefer === undefined
        ? route.fulfill({ json: { data: { consoleMatrix } } })
        : route.continue(),
    );
    await visit(opened, '#/access/matrix?by=field');
    await page.getByText('5,000 rows', { exact: true }).waitFor();
    expect(await page.getByRole('rowheader').count()).toBe(100);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'Type0.field100', exact: true }).waitFor();
    await page.getByLabel('Search').fill('field4999');
    await page.getByText('1 of 5,000 rows').waitFor();
    await expect.poll(() => namesOf(page)).toEqual(['Type99.field4999']);
    await context.close();
  });

  it.runIf(isWhole)('offers to try again when the server does not answer', async () => {
    const opened = await console.open('#/health', ['ADMIN']);
    const { context, page } = opened;
    await page.route(/graphql$/, (route) =>
      route.request().headers().prefer === undefined ? route.abort() : route.continue(),
    );
    await visit(opened, '#/access');
    await page.getByText('The server cannot be reached.').waitFor();
    await checkConsolePage(page, 'access-failed');
    await page.unroute(/graphql$/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('table', { name: 'Access matrix by type' }).waitFor();
    await context.close();
  });

  const viewers = [
    { groups: ['STAFF'], shown: ['Operations'] },
    { groups: ['MANAGER'], shown: [] },
    { groups: [], shown: [] },
  ];
  it.each(sampleOf(viewers))(
    'shows the tabs $shown to a viewer in the groups $groups, and is refused nothing',
    async (viewer) => {
      const opened = await console.open('#/access', viewer.groups);
      const { context, page, traffic } = opened;
      expect(await tabsOf(page)).toEqual(viewer.shown);
      for (const path of ['', '/matrix', '/ways?coordinate=User.email', '/groups']) {
        await visit(opened, `#/access${path}`);
        const isFirst = path === '' && viewer.shown.length > 0;
        if (!isFirst) await page.getByText(/^Your groups may/).waitFor();
      }
      await checkConsolePage(page, `access-refused-${viewer.groups}`);
      expect(traffic.refusals).toEqual([]);
      await context.close();
    },
  );
});

describe.skipIf(chromium === undefined)(
  'the page Access of a console without other packages (needs Chromium)',
  () => {
    it('has no tab for what a missing package shows', async () => {
      const alone = await startConsoleBrowser(
        chromium ?? '',
        {},
        { packages: [gatehouseConsole()] },
      );
      onTestFinished(alone.stop);
      const opened = await alone.open('#/access', ['AUDITOR']);
      const tabs = await tabsOf(opened.page);
      expect(tabs).toContain('Matrix');
      expect(tabs).not.toContain('Unused');
      await visit(opened, '#/access/unused');
      await opened.page.getByText(/^Your groups may/).waitFor();
      expect(opened.traffic.refusals).toEqual([]);
    });
  },
);
