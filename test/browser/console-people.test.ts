import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectProblems, findChromium } from '../support/browser.ts';
import type { ConsolePage } from '../support/console-browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import {
  askAsAdmin,
  button,
  change,
  dialog,
  type PeopleConsole,
  recorded,
  startPeopleConsole,
  visit,
} from '../support/console-people.ts';
import { createFactorsClient } from '../support/factors-server.ts';
import { linksOf, tokenOf } from '../support/mail/mail-server.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { type TestUser, userPassword } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const namesOf = (page: Page) => page.getByRole('rowheader').allTextContents();
const main = (page: Page) => page.getByRole('main');

/** Creates users without a log-in. */
const sevenUsers = (part: number): string =>
  `mutation { ${Array.from(
    { length: 7 },
    (_, index) =>
      `u${index}: createUser(input: { username: "many-${part}-${index}", password: "${userPassword}" }) { id }`,
  ).join(' ')} }`;

/** A group of a user or API client. */
interface Held {
  readonly group: string;
  readonly id: string;
}

const labelOf = (element: Element): string =>
  element instanceof HTMLInputElement || element instanceof HTMLSelectElement
    ? (element.labels?.[0]?.textContent ?? '')
    : '';

/** What can be used in a page, beside the links to users and groups. */
const controlsOf = async (page: Page): Promise<readonly string[]> => {
  const controls = main(page).locator('button, input, select, nav a');
  const names = await controls.evaluateAll((elements) =>
    elements.map((element) =>
      element instanceof HTMLInputElement || element instanceof HTMLSelectElement
        ? (element.labels?.[0]?.textContent ?? '')
        : (element.ariaLabel ?? element.textContent ?? ''),
    ),
  );
  return names;
};

describe.skipIf(chromium === undefined)(
  'people and groups in the console (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: PeopleConsole;
    let dana: TestUser;
    beforeAll(async () => {
      console = await startPeopleConsole(chromium ?? '');
      for (let count = 0; count < 3; count += 1) await asAdmin(sevenUsers(count), {});
      dana = await console.server.aUser('STAFF');
      await asAdmin(
        `mutation ($id: ID!) {
          updateUser(id: $id, input: { displayName: "Dana <b>Example</b>" }) { id }
        }`,
        { id: dana.id },
      );
    });
    afterAll(() => console.stop());

    const asAdmin = (query: string, variables: object = {}) =>
      askAsAdmin(console.server, query, variables);

    /** A user who was created with an address: who sets it later may not reset the factors on the same day. */
    async function aUserWithAddress(): Promise<TestUser> {
      const username = 'with-address';
      const input = {
        username,
        password: userPassword,
        email: `${username}@example.org`,
        groups: ['STAFF'],
      };
      await asAdmin('mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }', {
        input,
      });
      const user = await console.server.logIn(username, userPassword);
      await console.server.ask('mutation { requestEmailVerification }', {
        token: user.accessToken,
      });
      const token = tokenOf(await console.smtp.next((mail) => linksOf(mail).length > 0));
      await console.server.ask('mutation ($token: String!) { verifyEmail(token: $token) }', {
        variables: { token },
      });
      return user;
    }

    /** Closes a page that was refused nothing. */
    async function close({ context, traffic }: ConsolePage): Promise<void> {
      await traffic.settle();
      expect(traffic.refusals).toEqual([]);
      await context.close();
    }

    it.runIf(isWhole)('find users by their names, and list them by pages', async () => {
      const opened = await console.open('#/people', ['AUDITOR']);
      const { context, page } = opened;
      const problems = collectProblems(context);
      const first = await namesOf(page);
      expect(first).toHaveLength(20);
      await button(page, 'Next').click();
      await page.getByText(/^21–\d+$/).waitFor();
      await page.locator('[data-stale=false]').waitFor();
      const second = await namesOf(page);
      expect(second).toContain(`Dana <b>Example</b>${dana.username}`);
      expect(first.filter((name) => second.includes(name))).toEqual([]);
      await page.getByRole('link', { name: dana.username }).click();
      await page.getByRole('heading', { name: 'Dana' }).waitFor();
      await page.goBack();
      await page.getByText(/^21–\d+$/).waitFor();
      expect(await namesOf(page)).toEqual(second);
      await checkConsolePage(page, 'people');
      await page.getByLabel('Name').fill('ana <B>ex');
      await page.getByText('contain “ana <B>ex”').waitFor();
      expect(await namesOf(page)).toEqual([`Dana <b>Example</b>${dana.username}`]);
      await page.reload();
      await page.getByText('contain “ana <B>ex”').waitFor();
      await page
        .getByRole('navigation', { name: 'Pages' })
        .getByRole('link', { name: 'Users' })
        .click();
      await page.getByText(/^\d+ active users, the oldest first\.$/).waitFor();
      expect(await page.getByLabel('Name').inputValue()).toBe('');
      await page.getByLabel('Name').fill('da');
      await page.getByText('begin with “da”').waitFor();
      await page.getByLabel('Name').fill('no one has this name');
      await page.getByText('No user has such a name.').waitFor();
      await page.getByLabel('Name').fill(dana.id);
      await page.getByText('The user with this id').waitFor();
      expect(await namesOf(page)).toEqual([`Dana <b>Example</b>${dana.username}`]);
      await page.getByLabel('Group', { exact: true }).selectOption('STAFF');
      await page.getByText('Users to whom STAFF was granted').waitFor();
      await checkConsolePage(page, 'people-of-group');
      expect(problems).toEqual([]);
      await close(opened);
    });

    it('create a user, whose password is shown once', async () => {
      const opened = await console.open('#/people', ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      await button(page, 'Create a user').click();
      const form = dialog(page, 'Create a user');
      await form.getByLabel('Username').fill('robin');
      const groups = form.getByLabel('Groups', { exact: true });
      expect(await groups.getByRole('option').allTextContents()).toEqual([
        'As usual: STAFF',
        'Only these',
      ]);
      await groups.selectOption('Only these');
      await form.getByText('No groups: this user can do only what everyone can.').waitFor();
      expect(await form.getByRole('checkbox').last().evaluate(labelOf)).toMatch(/^ADMIN/);
      await form.getByLabel('MANAGER').check();
      await form.getByText('No groups').waitFor({ state: 'detached' });
      await form.getByText('At least 15 characters. Left empty, one is made.').waitFor();
      await form.getByLabel('Password').fill('too short');
      await button(form, 'Create').click();
      await form.getByLabel('Password').and(page.locator(':focus[aria-invalid=true]')).waitFor();
      await form.getByRole('alert').getByText('must have at least 15 characters').waitFor();
      await checkConsolePage(page, 'create-user');
      await form.getByLabel('Password').fill('');
      await form.getByLabel('Username').fill(dana.username.toUpperCase());
      await button(form, 'Create').click();
      await form.getByLabel('Username').and(page.locator(':focus')).waitFor();
      await form.getByLabel('Username').fill('robin');
      await button(form, 'Create').click();
      await recorded(page, 'user.created');
      await checkConsolePage(page, 'create-user-done');
      const password = (await form.locator('code').textContent()) ?? '';
      const robin = await console.server.logIn('robin', password);
      await form.getByRole('link', { name: 'robin' }).click();
      await page.getByRole('heading', { name: 'robin' }).and(page.locator(':focus')).waitFor();
      expect(await page.content()).not.toContain(password);
      expect(page.url()).toContain(`#/people/${robin.id}`);
      expect(await namesOf(page)).toEqual(['MANAGER']);
      await close(opened);
    });

    it.runIf(isWhole)(
      'ask for a fresh log-in before a change that the schema guards by one',
      async () => {
        const opened = await console.open('#/people', ['MANAGER']);
        const { page, user } = opened;
        await console.server.connection.migrations.query(
          `UPDATE gatehouse.sessions SET proved = '{"PASSWORD": 1000}' WHERE user_id = '${user.id}'`,
        );
        await button(page, 'Create a user').click();
        const form = dialog(page, 'Create a user');
        await form.getByLabel('Username').fill('kim');
        expect(await form.getByLabel('Groups').count()).toBe(0);
        await form.getByLabel('Password').fill(userPassword);
        await button(form, 'Create').click();
        const proof = dialog(page, 'Confirm it is you');
        await proof.getByLabel('Password').fill(userPassword);
        await button(proof, 'Confirm').click();
        await page.getByRole('status').getByText('kim was created.').waitFor();
        expect(await page.getByText('Recorded as').count()).toBe(0);
        await button(page, 'Create a user').and(page.locator(':focus')).waitFor();
        await console.server.logIn('kim', userPassword);
        await opened.traffic.settle();
        // The first attempt is refused for the age of the proof alone.
        expect(opened.traffic.refusals.filter((each) => !each.includes('TOO_OLD'))).toEqual([]);
        await opened.context.close();
      },
    );

    it.runIf(isWhole)('invite by mail, and cancel an invitation', async () => {
      const opened = await console.open('#/people', ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      await page.getByRole('link', { name: 'Invitations' }).click();
      await button(page, 'Invite by mail').click();
      const form = dialog(page, 'Invite by mail');
      await form.getByLabel('E-mail address').fill('sam@example.org');
      await button(form, 'Send').click();
      await page.getByText('The mail to sam@example.org is on its way.').waitFor();
      const sent = await console.smtp.next(({ envelope }) =>
        envelope.to.includes('sam@example.org'),
      );
      expect(linksOf(sent)).toHaveLength(1);
      await checkConsolePage(page, 'invitations');
      await change(page, {
        opener: button(page, 'Cancel the invitation of sam@example.org'),
        action: 'Cancel the invitation',
        record: 'invitation.cancelled',
      });
      await page.getByText('No invitation is open.').waitFor();
      await page
        .getByRole('heading', { name: 'Invitations' })
        .and(page.locator(':focus'))
        .waitFor();
      await close(opened);
    });

    it('grant a group for a time, and revoke it', async () => {
      const { id } = await console.server.aUser('STAFF');
      const opened = await console.open(`#/people/${id}`, ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      await checkConsolePage(page, 'person');
      await button(page, 'Grant a group').click();
      const form = dialog(page, 'Grant a group');
      // Nothing is chosen, least of all the group with the most rights, and none that the user has.
      await button(form, 'Grant').click();
      const groups = form.getByRole('group', { name: 'Group' });
      expect(await groups.getByRole('radio', { checked: true }).count()).toBe(0);
      expect(await groups.getByRole('radio', { name: 'STAFF' }).count()).toBe(0);
      expect(await groups.getByRole('radio').last().evaluate(labelOf)).toMatch(/^ADMIN/);
      await form.getByLabel('MANAGER').check();
      await form
        .getByText(/^MANAGER opens \d+ fields and inputs more: (?:Query|Mutation)\./)
        .waitFor();
      await form.getByLabel('until a time').check();
      await form.getByLabel('Ends').fill('2040-05-01T12:30');
      await checkConsolePage(page, 'grant');
      await button(form, 'Grant MANAGER').click();
      await recorded(page, 'membership.granted');
      const row = page.getByRole('row').filter({ hasText: 'MANAGER' });
      const end = await row.locator('time').last().getAttribute('datetime');
      expect(end).toBe(await page.evaluate('new Date("2040-05-01T12:30").toISOString()'));
      await change(page, {
        opener: button(page, 'Revoke: MANAGER'),
        action: 'Revoke MANAGER',
        record: 'membership.revoked',
      });
      await row.waitFor({ state: 'detached' });
      await close(opened);
    });

    it.runIf(isWhole)('edit, disable, enable and delete an account', async () => {
      const { id, username } = await console.server.aUser('STAFF');
      const opened = await console.open(`#/people/${id}`, ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      await button(page, 'Edit').click();
      const form = dialog(page, 'Edit');
      await form.getByLabel('Display name').fill('Alex Example');
      await form.getByLabel('E-mail address').fill('alex@example.org');
      await button(form, 'Save').click();
      await recorded(page, 'user.updated');
      await page.getByRole('heading', { name: 'Alex Example' }).waitFor();
      await page.getByText('alex@example.org not confirmed').waitFor();
      await page.getByRole('link', { name: 'Details' }).click();
      for (const [name, record] of [
        ['Disable', 'user.disabled'],
        ['Enable', 'user.enabled'],
      ] as const) {
        await change(page, { opener: button(page, name), action: name, record });
      }
      await change(page, {
        opener: button(page, 'Delete'),
        action: `Delete ${username}`,
        typed: username,
        record: 'user.deleted',
      });
      await page.getByText('There is no such user.').waitFor();
      await visit(opened, `#/people?search=${username}`);
      await page.getByText('No user has such a name.').waitFor();
      await close(opened);
    });

    it.runIf(isWhole)(
      'ask for a proof of an own address, and twice in an old session',
      async () => {
        const opened = await console.open('#/people', ['ADMIN', 'AUDITOR']);
        const { page, user } = opened;
        await visit(opened, `#/people/${user.id}`);
        await button(page, 'Edit').click();
        const form = dialog(page, 'Edit');
        await form.getByLabel('E-mail address').fill('own@example.org');
        await button(form, 'Save').click();
        const proof = dialog(page, 'Confirm it is you');
        await button(proof, 'Close').click();
        await proof.waitFor({ state: 'detached' });
        await console.server.connection.migrations.query(
          `UPDATE gatehouse.sessions SET proved = '{"PASSWORD": 1000}' WHERE user_id = '${user.id}'`,
        );
        await button(form, 'Save').click();
        const confirm = async (password: string) => {
          await proof.getByLabel('Password').fill(password);
          await button(proof, 'Confirm').click();
        };
        await confirm(userPassword);
        // The guard of the field asks for the age of the session beside the proof.
        await expect.poll(() => proof.getByLabel('Password').inputValue()).toBe('');
        await confirm(userPassword);
        await recorded(page, 'user.updated');
        await page.getByText('own@example.org not confirmed').waitFor();
        await opened.context.close();
      },
    );

    it.runIf(isWhole)('list disabled users to those who may read them', async () => {
      const { id, username } = await console.server.aUser();
      await asAdmin('mutation ($id: ID!) { disableUser(id: $id) { id } }', { id });
      const opened = await console.open(`#/people?search=${username}`, ['ADMIN']);
      await opened.page.getByText('No user has such a name.').waitFor();
      for (const state of ['All', 'Disabled']) {
        await opened.page.getByLabel('State').selectOption(state);
        await opened.page.getByRole('row', { name: username }).getByText('disabled').waitFor();
      }
      await opened.page.getByLabel('Name, e-mail or id').fill('');
      await opened.page.getByText(/^1 disabled user, the oldest first\.$/).waitFor();
      await close(opened);
    });

    it('find a user by an e-mail address, for those who may read it alone', async () => {
      const id = (
        await asAdmin(`mutation { createUser(input: {
        username: "addressed", password: "${userPassword}", email: "Addressed@example.org"
      }) { id } }`)
      ).createUser.id;
      const hash = '#/people?search=addressed%40EXAMPLE.org';
      const admin = await console.open(hash, ['ADMIN']);
      await admin.page.getByText('“addressed@EXAMPLE.org”, and this e-mail address.').waitFor();
      await admin.page.getByRole('link', { name: 'addressed' }).click();
      await admin.page.getByRole('heading', { name: 'addressed' }).waitFor();
      expect(admin.page.url()).toContain(id);
      await close(admin);
      const auditor = await console.open(hash, ['AUDITOR']);
      await auditor.page.getByText('No user has such a name.').waitFor();
      await close(auditor);
    });

    it('give another password, and end sessions', async () => {
      const user = await console.server.aUser('STAFF');
      const opened = await console.open(`#/people/${user.id}/sessions`, ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      await checkConsolePage(page, 'sessions');
      await change(page, {
        opener: button(page, 'End the session of node'),
        action: 'End',
        record: 'session.ended',
      });
      await page.getByText('This user has no session.').waitFor();
      const reset = await change(page, {
        opener: button(page, 'Reset password'),
        action: 'Reset',
        record: 'password.reset',
      });
      const password = (await reset.locator('code').textContent()) ?? '';
      await console.server.logIn(user.username, password);
      await close(opened);
    });

    it.runIf(isWhole)(
      'remove second factors, and mail a link for a new password to a confirmed address',
      async () => {
        const user = await aUserWithAddress();
        await createFactorsClient(console.server, () => new Date()).addApp(user);
        const opened = await console.open(`#/people/${user.id}`, ['ADMIN', 'AUDITOR']);
        const { page } = opened;
        await button(page, 'Mail a link for a new password').click();
        await button(dialog(page, 'Mail a link for a new password'), 'Send').click();
        await page.getByText('Recorded as').waitFor();
        const sent = await console.smtp.next((mail) => linksOf(mail).length > 0);
        expect(sent.subject).toContain('password');
        await page.getByRole('link', { name: 'Second factors' }).click();
        await page.getByRole('row').filter({ hasText: 'authenticator app' }).waitFor();
        await checkConsolePage(page, 'factors');
        await change(page, {
          opener: button(page, 'Remove all factors'),
          action: 'Remove all',
          record: 'factors.reset',
        });
        await page.getByText('This user logs in without a second factor.').waitFor();
        await close(opened);
      },
    );

    it.runIf(isWhole)('end the session in which they are used', async () => {
      const { context, page, user, traffic } = await console.open('#/people', ['ADMIN']);
      await visit({ context, page, user, traffic }, `#/people/${user.id}/sessions`);
      await page.getByRole('row').filter({ hasText: 'your session' }).getByRole('button').click();
      await button(dialog(page, 'End a session'), 'End').click();
      await button(page, 'Log in').waitFor();
      await traffic.settle();
      expect(traffic.refusals).toEqual([]);
      await context.close();
    });

    it.runIf(isWhole)('show what a user did, and what was done to the account', async () => {
      const opened = await console.open(`#/people/${dana.id}/log`, ['AUDITOR']);
      const { page } = opened;
      await page.getByText('Logged in').waitFor();
      await page.getByLabel('Show', { exact: true }).selectOption('What was done to this account');
      await page.getByText('Created a user').waitFor();
      await checkConsolePage(page, 'person-log');
      await close(opened);
    });

    it.runIf(isWhole)('list groups with their members', async () => {
      const { username } = await console.server.aUser('MANAGER');
      await console.server.aUser('MANAGER');
      const opened = await console.open('#/groups', ['AUDITOR']);
      const { page } = opened;
      const { consoleGroups } = await asAdmin('{ consoleGroups { name members } }');
      for (const { name, members } of consoleGroups) {
        const row = page
          .getByRole('row')
          .filter({ has: page.getByRole('link', { name, exact: true }) });
        expect(await row.getByRole('cell').nth(2).textContent()).toBe(String(members));
      }
      await checkConsolePage(page, 'groups');
      await page.getByRole('link', { name: 'MANAGER', exact: true }).click();
      await page.getByRole('link', { name: username }).waitFor();
      await checkConsolePage(page, 'group');
      await page.getByRole('link', { name: 'Access', exact: true }).last().click();
      await page.getByRole('rowheader', { name: 'Mutation.createRoom' }).waitFor();
      await close(opened);
    });

    it('export who is in which group, by whom and until when, for an auditor', async () => {
      const { id } = await console.server.aUser();
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
      await asAdmin(
        'mutation ($id: ID!) { updateUser(id: $id, input: { displayName: "=1+1" }) { id } }',
        { id },
      );
      await asAdmin(
        'mutation ($id: ID!, $expiresAt: DateTime) { grantGroup(userId: $id, group: MANAGER, expiresAt: $expiresAt) { id } }',
        { id, expiresAt },
      );
      const opened = await console.open('#/groups', ['AUDITOR']);
      const { page } = opened;
      await button(page, 'Export members').click();
      const form = dialog(page, 'Export members');
      const download = page.waitForEvent('download');
      await button(form, 'Download').click();
      await form.getByText('Done: the file has').waitFor();
      await checkConsolePage(page, 'members-export');
      const file = await download;
      expect(file.suggestedFilename()).toMatch(/^members-\d{4}-\d\d-\d\d\.csv$/);
      const [head = '', ...lines] = (await readFile(await file.path(), 'utf8'))
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(','));
      expect(head).toEqual([
        ...['group', 'kind', 'id', 'name', 'display name', 'state'],
        ...['granted', 'granted by', 'granted by id', 'ends'],
      ]);
      const { migrations } = console.server.connection;
      const granted = await migrations.query<Held>(
        `SELECT "group", user_id AS id FROM gatehouse.memberships
         WHERE "group" IN ('ADMIN', 'AUDITOR', 'MANAGER', 'STAFF')
           AND (expires_at IS NULL OR expires_at > now())`,
      );
      const clients = await migrations.query<Held>(
        'SELECT unnest(groups) AS "group", id FROM gatehouse.api_clients',
      );
      const sorted = (rows: readonly (readonly unknown[])[]) =>
        rows.map((row) => row.join()).sort();
      expect(sorted(lines.map(([group, kind, subject]) => [group, kind, subject]))).toEqual(
        sorted([
          ...granted.map((row) => [row.group, 'user', row.id]),
          ...clients.map((row) => [row.group, 'API client', row.id]),
        ]),
      );
      const { admin } = console.server;
      expect(lines.filter((line) => line[2] === id && line[0] === 'MANAGER')).toEqual([
        [
          ...['MANAGER', 'user', id, expect.any(String), "'=1+1", 'active', expect.any(String)],
          ...[admin.username, admin.id, expiresAt],
        ],
      ]);
      await close(opened);
    });

    it('offer nothing for the own account that another administrator has to do', async () => {
      const opened = await console.open('#/people', ['ADMIN']);
      const { page, user } = opened;
      await visit(opened, `#/people/${user.id}`);
      await page.getByText('Another administrator can').waitFor();
      expect(await controlsOf(page)).toEqual([
        'Edit',
        'Groups',
        'Access',
        'Sessions',
        'Second factors',
        'Details',
        'Grant a group',
      ]);
      await visit(opened, `#/people/${user.id}/details`);
      await page.getByText('disable or delete your own account').waitFor();
      expect(await controlsOf(page)).not.toContain('Disable');
      await visit(opened, `#/people/${user.id}/factors`);
      await page.getByText('without a second factor').waitFor();
      expect(await controlsOf(page)).not.toContain('Open enrolment');
      await page.getByRole('link', { name: 'My second factors' }).click();
      await page.getByRole('heading', { name: 'My account' }).waitFor();
      await close(opened);
    });

    const groupTabs = ['Groups'];
    const viewers = [
      { groups: [], list: [], person: [] },
      {
        groups: ['MANAGER'],
        list: ['Create a user', 'Users', 'Name', 'Previous', 'Next'],
        person: [],
      },
      {
        groups: ['AUDITOR'],
        list: ['Users', 'Name or id', 'Group', 'Previous', 'Next'],
        person: [...groupTabs, 'Access', 'Second factors', 'Log', 'Details'],
      },
      {
        groups: ['ADMIN'],
        list: [
          'Invite by mail',
          'Create a user',
          'Users',
          'Invitations',
          'Name, e-mail or id',
          'State',
          'Group',
          'Previous',
          'Next',
        ],
        person: [
          'Edit',
          'Reset password',
          'End all sessions',
          ...groupTabs,
          'Access',
          'Sessions',
          'Second factors',
          'Details',
          'Change the end: STAFF',
          'Revoke: STAFF',
          'Grant a group',
        ],
      },
    ];
    it.each(sampleOf(viewers, ({ groups: [group] }) => group === undefined || group === 'ADMIN'))(
      'show a viewer in the groups $groups what it may use, and nothing else',
      async ({ groups, list, person }) => {
        const opened = await console.open('#/people', groups);
        expect(await controlsOf(opened.page)).toEqual(list);
        await visit(opened, `#/people/${dana.id}`);
        expect(await controlsOf(opened.page)).toEqual(person);
        for (const part of ['access', 'sessions', 'factors', 'log', 'details']) {
          await visit(opened, `#/people/${dana.id}/${part}`);
        }
        await visit(opened, '#/people/invitations');
        await visit(opened, '#/groups/STAFF');
        await close(opened);
      },
    );
  },
);
