import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { clickEverything, controlsOf, openPage } from '../support/click-everything.ts';
import { sampleOf } from '../support/sample.ts';
import {
  logIn,
  logInHeading,
  logOutButton,
  startWebBrowser,
  type WebBrowser,
} from '../support/web-browser.ts';
import { startWebExample } from '../support/web-example.ts';
import { createWebMail, type WebMail } from '../support/web-mail.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

/** What a control is called, without the user, the group or the time that it is for. */
const toKind = (name: string) =>
  name.replace(
    /^(End|Revoke|Grant|Group to grant|Cancel the invitation|Send a link to a new password)\b.*/,
    '$1',
  );

/** Whether `npm test` uses a page: those of the second and third room have the controls of the first. */
const isSample = (_path: string, index: number): boolean => index !== 2 && index !== 3;

/** They end the session, so they come last. */
const endings = ['Log out', 'Log out everywhere'];

const headerLinks = ['Rooms', 'Users', 'Your account', 'Your sessions', 'Second factors'];

const forAll = [
  'Archive',
  'End',
  'Lobby',
  'New address',
  'Rooms',
  'Second factors',
  'Send a link to confirm it',
  'Send a link to the new address',
  'Server room',
  'Your account',
  'Your sessions',
];
const forRoomMembers = ['Enter', 'Show the access code'];
const forUserLists = ['Name', 'Search', 'Users'];
const forAdministration = [
  'ADMIN',
  'AUDITOR',
  'Address',
  'Cancel the invitation',
  'Grant',
  'Group to grant',
  'Include disabled users',
  'Invitations',
  'MANAGER',
  'Revoke',
  'STAFF',
  'Send a link to a new password',
  'Send the invitation',
];

describe.skipIf(chromium === undefined)(
  'the controls of examples/web (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let web: WebBrowser;
    let mail: WebMail;
    beforeAll(async () => {
      web = await startWebBrowser(startWebExample, chromium);
      mail = createWebMail(web);
      await mail.invitationLink('dana@example.org', ['STAFF']);
      await mail.aVerifiedUser('STAFF');
    });
    afterAll(() => web.stop());

    it('are the log-in form alone for an anonymous viewer, whatever the address', async () => {
      const { context, page, traffic } = await web.openBrowser();
      const form = [
        'User name',
        'Password',
        'Log in',
        'Log in with a passkey',
        'Forgotten password?',
        'Create an account',
      ];
      expect(await clickEverything({ page, traffic, url: `${web.url}/` })).toEqual(form);
      for (const path of sampleOf(web.paths, (_path, index) => index % 4 === 0)) {
        await openPage({ page, traffic, url: `${web.url}${path}` });
        expect((await controlsOf(page)).map(({ name }) => name)).toEqual(form);
      }
      // The name and the password that were typed are wrong.
      const refused = traffic.refusals.filter((refusal) => !refusal.includes('BAD_CREDENTIALS'));
      expect(refused).toEqual([]);
      await context.close();
    });

    // ADMIN is last: among other things, it takes the groups of all users away.
    const viewers = [
      { groups: [], controls: [] },
      { groups: ['STAFF'], controls: forRoomMembers },
      { groups: ['AUDITOR'], controls: [...forRoomMembers, ...forUserLists] },
      { groups: ['MANAGER'], controls: [...forRoomMembers, ...forUserLists] },
      { groups: ['ADMIN'], controls: [...forRoomMembers, ...forUserLists, ...forAdministration] },
    ];
    it.each(sampleOf(viewers))(
      'are refused no use by a viewer in the groups $groups',
      async ({ groups, controls }) => {
        const { username } = await mail.aUserWithAddress(...groups);
        const { context, page, traffic } = await web.openAs(username);
        const used: string[] = [];
        for (const path of sampleOf(web.paths, isSample)) {
          const visit = { page, traffic, url: `${web.url}${path}` };
          // The header is the same on each page.
          const except = [...endings, ...(used.length === 0 ? [] : headerLinks)];
          used.push(...(await clickEverything({ ...visit, except })));
        }
        expect(traffic.refusals).toEqual([]);
        expect([...new Set(used.map(toKind))].sort()).toEqual([...forAll, ...controls].sort());

        await logOutButton(page).click();
        await logInHeading(page).waitFor();
        await logIn(page, username);
        await page.getByRole('link', { name: 'Your sessions' }).click();
        await page.getByRole('button', { name: 'Log out everywhere' }).click();
        await logInHeading(page).waitFor();
        await traffic.settle();
        expect(traffic.refusals).toEqual([]);
        await context.close();
      },
    );
  },
);
