import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { type PeopleConsole, startPeopleConsole, visit } from '../support/console-people.ts';
import { createFactorsClient } from '../support/factors-server.ts';
import { delayAnswers, observeLayoutShifts, type Shift } from '../support/layout-shifts.ts';
import { sampleOf } from '../support/sample.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const operations = `
query Info { serverInfo { version } }
query Users($all: Boolean) { users(includeDisabled: $all) { edges { node { id email } } } }`;

describe.skipIf(chromium === undefined)(
  'pages of the console (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: PeopleConsole;
    let ids: { readonly person: string; readonly program: string };
    beforeAll(async () => {
      console = await startPeopleConsole(chromium ?? '', { 'web.graphql': operations });
      const person = await console.server.aUser('STAFF', 'MANAGER');
      await createFactorsClient(console.server, () => new Date()).addApp(person);
      for (let count = 0; count < 25; count += 1) await console.server.aUser('STAFF');
      const { data } = await console.server.ask(
        `mutation {
          createApiClient(name: "Door", groups: [STAFF]) { client { id } }
          inviteUser(input: { email: "sam@example.org" }) { id }
        }`,
        { token: console.server.admin.accessToken },
      );
      ids = { person: person.id, program: data.createApiClient.client.id };
    });
    afterAll(() => console.stop());

    // No two neighbours show one table in two ways: what a reader chooses may move at once.
    const hashes = ({ person, program }: typeof ids) => [
      '#/people',
      '#/people/invitations',
      `#/people/${person}`,
      `#/people/${person}/sessions`,
      `#/people/${person}/factors`,
      `#/people/${person}/log`,
      '#/groups',
      '#/groups/STAFF',
      '#/programs',
      `#/programs/${program}`,
      '#/log',
      `#/log?subject=${person}`,
      `#/log?actor=${program}`,
      `#/log?by=actor&search=a`,
      '#/access',
      '#/log?live=on',
      '#/access/matrix?by=rule',
      '#/access/ways',
      '#/access/matrix?by=field',
      '#/access/unused',
      '#/access/changes',
      '#/access/unused?early=yes',
      '#/access/ways?coordinate=User.email',
      '#/access/matrix?as=groups',
      `#/access/matrix?as=person&person=${person}`,
      `#/people/${person}/access`,
      '#/access/operations',
      '#/access/groups',
      '#/health',
      '#/account',
      '#/account/sign-in',
      '#/account/sessions',
      '#/account/access',
      '#/account/history',
    ];
    const parts = ['#/people', '#/log', '#/access', '#/groups', '#/programs', '#/health'];

    const screens = [
      { width: 360, start: 'the console is opened' },
      { width: 360, start: 'another page was shown' },
      { width: 1280, start: 'the console is opened' },
      { width: 1280, start: 'another page was shown' },
    ] as const;

    it.each(sampleOf(screens, ({ width }) => width === 360))(
      'move nothing while answers come, when $start, on a screen of $width pixels',
      async ({ width, start }) => {
        const { page, traffic, context, ...rest } = await console.open(
          '#/health',
          ['ADMIN', 'AUDITOR'],
          { viewport: { width, height: 800 }, colorScheme: 'light' },
        );
        const shifts = await observeLayoutShifts(page);
        await delayAnswers(page, /graphql$/);
        await page.reload();
        await traffic.settle();
        const found: Readonly<Record<string, unknown>>[] = [];
        const isOfSample = (hash: string) => parts.includes(hash);
        for (const hash of sampleOf(hashes(ids), isOfSample)) {
          await visit({ page, traffic, context, ...rest }, hash);
          if (start === 'the console is opened') {
            await shifts.take();
            await page.reload();
            await traffic.settle();
          }
          found.push({ hash, ...sum(await shifts.take()) });
        }
        expect(found.filter(({ total }) => Number(total) > 0.01)).toEqual([]);
        await context.close();
      },
    );

    const sum = (shifts: readonly Shift[]) => ({
      total: shifts.reduce((total, { value }) => total + value, 0),
      moved: shifts.flatMap(({ moved }) => moved),
    });
  },
);
