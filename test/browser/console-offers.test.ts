import { randomUUID } from 'node:crypto';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatehousePackage } from '../../src/index.ts';
import { findChromium } from '../support/browser.ts';
import { plugInAuthenticator } from '../support/browser-passkeys.ts';
import { readAllowedOperations } from '../support/console-allowed.ts';
import {
  type ConsoleBrowser,
  type ConsolePage,
  startConsoleBrowser,
} from '../support/console-browser.ts';
import { consolePackages } from '../support/console-example.ts';
import { askAsAdmin } from '../support/console-people.ts';
import { addApp, demanding, type Walked, walk } from '../support/console-walk.ts';
import { createFactorsClient } from '../support/factors-server.ts';
import { mailSettings } from '../support/mail/mail-server.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/mail/smtp-server.ts';
import { freePort } from '../support/proxy.ts';
import { isWhole } from '../support/sample.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

/** A group that asks for a second factor at once. */
const wards = {
  name: 'wards',
  domains: () => [
    { name: 'wards', typeDefs: `extend enum Group { "Works on a ward." ${demanding} }` },
  ],
} satisfies GatehousePackage;

describe.skipIf(chromium === undefined)(
  'what the console offers (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: ConsoleBrowser;
    let smtp: TestSmtpServer;
    beforeAll(async () => {
      smtp = await startSmtpServer();
      const port = await freePort();
      console = await startConsoleBrowser(
        chromium ?? '',
        { 'web.graphql': 'query Info { serverInfo { version } }' },
        {
          packages: [
            ...consolePackages,
            mail(),
            wards,
            factors({ groups: { [demanding]: 2 }, graceDays: 0 }),
          ],
          environment: {
            ...mailSettings(smtp.url),
            PORT: String(port),
            PASSKEY_RP_ID: 'localhost',
            PASSKEY_ORIGINS: `http://localhost:${port}`,
          },
        },
      );
    });
    afterAll(async () => {
      await console.stop();
      await smtp.close();
    });

    const sql = (text: string) => console.server.connection.migrations.query(text);
    const asAdmin = (query: string, variables: object = {}) =>
      askAsAdmin(console.server, query, variables);

    const aUser = async (...groups: readonly string[]) =>
      (await console.server.aUser(...groups)).id;

    /** Makes a user the only administrator without an end. */
    const keepAlone = (id: string) =>
      sql(
        `UPDATE gatehouse.memberships SET expires_at = CASE WHEN user_id = '${id}' THEN NULL ELSE now() + interval '1 hour' END
         WHERE "group" = 'ADMIN'`,
      );

    const setAddress = (id: string) =>
      sql(`UPDATE gatehouse.users SET email = '${id}@example.org' WHERE id = '${id}'`);

    const confirmAddress = (id: string) =>
      sql(
        `INSERT INTO gatehouse_mail.addresses (user_id, address, address_key, verified_at)
         SELECT id, email, email, now() FROM gatehouse.users WHERE id = '${id}'`,
      );

    async function aProgram(): Promise<string> {
      const { createApiClient } = await asAdmin(
        'mutation { createApiClient(name: "Door", groups: [STAFF]) { client { id } } }',
      );
      return createApiClient.client.id;
    }

    /** New subjects of acts, by their kinds. */
    const subjects: Readonly<Record<string, () => Promise<string>>> = {
      other: () => aUser('STAFF', 'MANAGER'),
      async reachable() {
        const id = await aUser('STAFF');
        await setAddress(id);
        await confirmAddress(id);
        return id;
      },
      async disabled() {
        const id = await aUser('STAFF');
        await asAdmin('mutation ($id: ID!) { disableUser(id: $id) { id } }', { id });
        return id;
      },
      async proved() {
        const user = await console.server.aUser('STAFF');
        await createFactorsClient(console.server, () => new Date()).addApp(user);
        return user.id;
      },
      paused: () => aUser('NURSE'),
      async lastAdmin() {
        const id = await aUser('ADMIN');
        await keepAlone(id);
        return id;
      },
      program: aProgram,
      async demandingProgram() {
        const id = await aProgram();
        await sql(`UPDATE gatehouse.api_clients SET groups = '{${demanding}}' WHERE id = '${id}'`);
        return id;
      },
    };

    const kinds = Object.keys(subjects).filter((kind) => !kind.toLowerCase().endsWith('program'));
    const hashes = [
      ...['self', ...kinds].map((kind) => `#/people/{${kind}}`),
      '#/programs/{program}',
      '#/programs/{demandingProgram}',
      '#/people?search=user',
      '#/people?search={other}',
      '#/log?by=actor&search=user',
      '#/log?actor={program}',
      '#/access/matrix?as=person&search=user',
      '#/access/matrix?as=person&person={other}',
      '#/access/ways?coordinate=User.email',
    ];

    const openEnrolment = (id: string) =>
      asAdmin('mutation ($id: ID!) { openEnrolment(userId: $id) }', { id });

    const viewers: readonly Viewer[] = [
      { viewer: 'in no group', groups: [] },
      { viewer: 'in STAFF', groups: ['STAFF'] },
      { viewer: 'in MANAGER', groups: ['MANAGER'] },
      { viewer: 'in AUDITOR', groups: ['AUDITOR'] },
      { viewer: 'in ADMIN', groups: ['ADMIN'] },
      { viewer: 'in ADMIN with a second factor', groups: ['ADMIN'], prepare: addApp },
      {
        viewer: 'who is the last ADMIN',
        groups: ['ADMIN'],
        prepare: ({ user }) => keepAlone(user.id),
      },
      {
        viewer: 'with a paused group',
        groups: ['STAFF', demanding],
        isEnrolmentClosed: true,
      },
      {
        viewer: 'with a paused group, enrolment open',
        groups: ['STAFF', demanding],
        prepare: ({ user }) => openEnrolment(user.id),
      },
      {
        viewer: 'with a paused group, factor unproved',
        groups: ['STAFF', demanding],
        async prepare(opened) {
          await openEnrolment(opened.user.id);
          await opened.page.reload();
          await addApp(opened);
        },
      },
    ];

    const openAs = async ({ groups, prepare }: Viewer): Promise<ConsolePage> => {
      const opened = await console.open('', groups);
      await setAddress(opened.user.id);
      await plugInAuthenticator(opened.page);
      await prepare?.(opened);
      await opened.page.reload();
      await opened.page.getByRole('banner').waitFor();
      await opened.traffic.settle();
      return opened;
    };

    it.runIf(isWhole).each(viewers)(
      'are acts that the server accepts, and all that a viewer $viewer may do',
      async (viewer) => {
        await asAdmin(
          'mutation ($email: String!) { inviteUser(input: { email: $email }) { id } }',
          {
            email: `${randomUUID()}@example.org`,
          },
        );
        const walked: Walked = await walk({ subjects, hashes, open: () => openAs(viewer) });
        expect(walked.refused).toEqual([]);
        const opened = await openAs(viewer);
        const allowed = await readAllowedOperations(opened, await aUser('STAFF'));
        expect(allowed.filter((name) => !walked.sent.has(name))).toEqual(
          viewer.isEnrolmentClosed ? ofFactors : [],
        );
      },
      1_200_000,
    );
  },
);

/** What only an account with a factor may do, or one that may add its first. It depends on data. */
const ofFactors = [
  'AddPasskey',
  'BeginPasskey',
  'ConfirmOtp',
  'EnrolOtp',
  'RemoveFactor',
  'RenewRecoveryCodes',
];

/** A row of the test. */
interface Viewer {
  readonly viewer: string;
  readonly groups: readonly string[];
  /** What happens to the account before it is used. */
  readonly prepare?: (opened: ConsolePage) => Promise<unknown>;
  readonly isEnrolmentClosed?: true;
}
