/** What accounts by mail do in a filled database: the built package on PostgreSQL, with a transport that sends nothing. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { toPackageDatabase } from '../../dist/changes/package-database.js';
import { connectPostgres } from '../../dist/database/connect/connect-postgres.js';
import { migrateAll } from '../../dist/database/open-database.js';
import { createAccountFacts } from '../../dist/identity/packages/account-facts.store.js';
import { historiesOf } from '../../dist/schema/packages/histories.js';
import { createCompose } from '../../packages/mail/dist/compose/compose.js';
import { mail } from '../../packages/mail/dist/index.js';
import { developmentLinks } from '../../packages/mail/dist/links/links.js';
import { finishMail, queueMail } from '../../packages/mail/dist/outbox/outbox.store.js';
import { createSendMails } from '../../packages/mail/dist/outbox/send-mails.js';
import { removeExpired } from '../../packages/mail/dist/remove-expired.js';
import { requestMail } from '../../packages/mail/dist/requests/request.store.js';
import { createRenderMail } from '../../packages/mail/dist/texts/render-mail.js';
import { continueVerification } from '../../packages/mail/dist/verify-all/verify-all.js';
import { moveRun, startRun } from '../../packages/mail/dist/verify-all/verify-all.store.js';
import { rooms } from '../server.mjs';
import { fillMails } from './fill.mjs';

/** Adds the tables and their rows to a filled database. A tenth of its users has a verified address. */
export async function createMailOperations({ databaseUrl, users }) {
  const verified = Math.floor(users / 10);
  const connection = connectPostgres({ url: databaseUrl, onPoolError: () => {} });
  const config = { domains: [], packages: [mail()] };
  await migrateAll(connection, historiesOf({ directory: rooms, config }));
  await fillMails(databaseUrl, { users, verified });
  const operations = createOperations({
    sql: toPackageDatabase(connection, { statementTimeoutMs: 5_000 }),
    userOf: (n) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    users,
    verified,
  });
  return { operations, close: connection.close };
}

function createOperations({ sql, userOf, users, verified }) {
  const now = () => new Date();
  const parts = createParts(sql, now);
  /** Returns what returns users with a verified address, another one each time: an account has few links at a time. */
  const createNext = () => {
    let count = 0;
    return () => {
      count += 1;
      // The last user is the one that is deleted.
      return users - 1 - (count % (verified / 2 - 1));
    };
  };
  const nextUser = createNext();
  const nextWithLink = createNext();
  const addressOf = (n) => `user-${n}@example.org`;
  /** Each address has a limit, an unknown one too. */
  const request = () => {
    const address = `${randomUUID()}@example.org`;
    const delivery = { app: null, locale: null, sender: randomUUID() };
    return requestMail(sql, { purpose: 'reset', address, addressKey: address, ...delivery }, now());
  };
  const notice = (n) =>
    queueMail(
      sql,
      {
        queue: 'ACCOUNT',
        purpose: 'notice',
        userId: userOf(n),
        address: addressOf(n),
        values: { username: `user-${n}`, action: 'password.changed' },
      },
      now(),
    );
  const sending = (queue, sent) => {
    const run = createSendMails({
      ...parts,
      queue,
      node: randomUUID(),
      compose: createCompose(parts),
      transport: { send: async () => sent, close: () => {} },
    });
    return () => run(() => false);
  };
  const failed = { outcome: 'failed', code: 'E450', mayHaveArrived: true, isServer: false };
  let delayed;
  return {
    'mail: request of a reset': {
      run: done(async () => {
        if (await request()) throw new Error('The request was not queued.');
      }),
    },
    'mail: requested reset is sent': {
      // That of the other operation is sent before.
      prepare: async () => {
        await sending('REQUEST', { outcome: 'sent' })();
        const address = addressOf(nextWithLink());
        await queueMail(sql, { queue: 'REQUEST', purpose: 'reset', address }, now());
      },
      run: done(sending('REQUEST', { outcome: 'sent' })),
    },
    'mail: notice is queued': { prepare: nextUser, run: done(notice) },
    'mail: notice is sent': {
      prepare: async () => {
        await sending('ACCOUNT', { outcome: 'sent' })();
        await notice(nextUser());
      },
      run: done(sending('ACCOUNT', { outcome: 'sent' })),
    },
    'mail: notice is delayed': {
      prepare: async () => {
        // It is due again later, when others are measured.
        if (delayed !== undefined) await finishMail(sql, delayed, { outcome: 'SENT', at: now() });
        delayed = await notice(nextUser());
      },
      run: done(sending('ACCOUNT', failed)),
    },
    'mail: 200 old rows are removed': {
      prepare: async () => {
        for (const statement of oldRows) await sql.$queryRawUnsafe(statement);
      },
      run: done(() => removeExpired({ sql, now }, () => false)),
    },
    'mail: step of verify-all': {
      prepare: async () => {
        for (const statement of undoVerification) await sql.$queryRawUnsafe(statement);
        await startRun(sql, now());
        await moveRun(sql, userOf(users - 2 * verified + (nextUser() % (verified - 10))));
      },
      run: done(() => continueVerification(parts)),
    },
  };
}

/** Operations over HTTP have a status. */
const done = (work) => async (prepared) => {
  await work(prepared);
  return 200;
};

function createParts(sql, now) {
  const seconds = 1_800;
  return {
    sql,
    now,
    randomBytes,
    key: randomBytes(32),
    links: developmentLinks,
    settings: {
      MAIL_LINK_SECONDS: seconds,
      MAIL_VERIFICATION_SECONDS: seconds,
      MAIL_VERIFICATIONS_PER_MINUTE: 60,
    },
    render: createRenderMail({ site: 'Example', texts: undefined, defaultLocale: 'en' }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    // Without the audit log, whose rows are those of other operations.
    accounts: { ...createAccountFacts({ now }), record: async () => {} },
  };
}

/** The statements of old-mails.sql. */
const oldRows = readFileSync(new URL('old-mails.sql', import.meta.url), 'utf8')
  .split(';')
  .filter((statement) => statement.trim() !== '');

/** By indexes: reading whole tables would take the cache from what is measured next. */
const undoVerification = [
  `DELETE FROM gatehouse_mail.tokens WHERE expires_at IS NULL AND purpose = 'verification'`,
  `DELETE FROM gatehouse_mail.outbox
   WHERE queue = 'ACCOUNT' AND done_at IS NULL AND purpose = 'verification'`,
];
