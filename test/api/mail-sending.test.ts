import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Compose, NewMail, Queue } from '../../packages/mail/src/outbox/mail.ts';
import { mailUrlSetting } from '../../packages/mail/src/outbox/mail-url.ts';
import { claimMail, queueMail } from '../../packages/mail/src/outbox/outbox.store.ts';
import {
  createSendMails,
  type SendMailsOptions,
} from '../../packages/mail/src/outbox/send-mails.ts';
import { createSenderLease } from '../../packages/mail/src/outbox/sender-lease.ts';
import { createSmtpTransport } from '../../packages/mail/src/outbox/smtp-transport.ts';
import type { Sql } from '../../src/package.ts';
import { balanceMails } from '../support/mail/mail-balance.ts';
import { createMailDatabase } from '../support/mail/mail-database.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/mail/smtp-server.ts';
import type { TestDatabase } from '../support/test-database.ts';

const start = new Date('2026-12-01T12:00:00Z');
const hourSeconds = 3600;

let database: TestDatabase;
let sql: Sql;
let server: TestSmtpServer;
/** Of all nodes. */
let seconds: number;
const now = () => new Date(start.getTime() + seconds * 1000);
let logged: { readonly level: string; readonly message: string; readonly details: object }[];
const opened: (() => void)[] = [];

beforeAll(async () => {
  database = await createMailDatabase();
  sql = database.database;
});
afterAll(() => database.close());
beforeEach(async () => {
  seconds = 0;
  logged = [];
  await sql.$queryRawUnsafe('DELETE FROM gatehouse_mail.outbox');
  await sql.$queryRawUnsafe('DELETE FROM gatehouse_mail.senders');
  server = await startSmtpServer({ login: { user: 'heron', password: 'password-71' } });
});
afterEach(async () => {
  for (const close of opened.splice(0)) close();
  await server.close();
  // Addresses, texts, passwords, and what the server says.
  expect(JSON.stringify(logged)).not.toMatch(/@|token-|password|secret/);
});

const log = Object.fromEntries(
  (['info', 'warn', 'error'] as const).map((level) => [
    level,
    (details: object, message: string) => void logged.push({ level, message, details }),
  ]),
);
const linesOf = (message: string) => logged.filter((line) => line.message === message);

const compose: Compose = async ({ id, address }) => ({
  to: address,
  subject: 'Choose a new password',
  text: `https://www.example.org/reset#token-${id}`,
  html: `<a href="https://www.example.org/reset#token-${id}">Choose</a>`,
  language: 'en',
});

/** A node, which sends the mails of a queue. */
function startNode(options: Partial<SendMailsOptions> = {}) {
  const transport = createSmtpTransport({
    url: mailUrlSetting.parse(server.url),
    from: 'accounts@example.com',
    site: 'Gatehouse',
  });
  opened.push(() => transport.close());
  const { info = () => {}, warn = () => {}, error = () => {} } = log;
  const run = createSendMails({
    sql,
    now,
    randomBytes: (size) => new Uint8Array(size),
    transport,
    compose,
    log: { info, warn, error },
    queue: 'REQUEST',
    node: randomUUID(),
    ...options,
  });
  return (isStopped = () => false) => run(isStopped);
}

const queue = (mail: Partial<NewMail> = {}) =>
  queueMail(
    sql,
    { queue: 'REQUEST', purpose: 'reset', address: 'heron@example.org', ...mail },
    now(),
  );

async function queueMany(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let mail = 0; mail < count; mail += 1) ids.push(await queue());
  return ids;
}

const outcomes = () =>
  sql.$queryRawUnsafe(
    `SELECT outcome, attempts, may_have_arrived AS "mayHaveArrived"
     FROM gatehouse_mail.outbox ORDER BY created_at, id`,
  );
const receivedIds = () =>
  server.mails().map(({ messageId = '' }) => messageId.replace(/^<|@example\.com>$/g, ''));

const eachOnce = { lost: [], doubles: 0, unknown: [] };

describe('the run that sends mails', () => {
  it('sends all that are due, once, over one connection', async () => {
    const ids = await queueMany(3);
    const run = startNode();
    await run();
    await run();
    expect(balanceMails(ids, server.mails())).toEqual(eachOnce);
    expect(server.connections()).toBe(1);
    expect(await outcomes()).toEqual(
      ids.map(() => ({ outcome: 'SENT', attempts: 1, mayHaveArrived: false })),
    );
    expect(logged).toEqual([]);
  });

  it('sends nothing where there is nothing to send', async () => {
    await queue();
    await startNode({ compose: async () => undefined })();
    expect(await outcomes()).toMatchObject([{ outcome: 'NOTHING', attempts: 1 }]);
    expect(server.connections()).toBe(0);
  });

  it('delays a mail that cannot be composed, and sends the others', async () => {
    const [broken, ...others] = await queueMany(3);
    let isBroken = true;
    const run = startNode({
      async compose(mail) {
        if (mail.id === broken && isBroken) throw new RangeError(`no text for ${mail.address}`);
        return compose(mail);
      },
    });
    await run();
    expect(balanceMails(others, server.mails())).toEqual(eachOnce);
    expect(linesOf('a mail is delayed')).toMatchObject([
      { details: { id: broken, purpose: 'reset', attempts: 1, code: 'RangeError' } },
    ]);
    isBroken = false;
    seconds = 60;
    await run();
    expect(receivedIds()).toContain(broken);
  });

  it('gives up a mail whose recipient is refused, and says so once without the address', async () => {
    const id = await queue();
    await queue({ address: 'egret@example.org' });
    server.misbehave({ recipients: { 'heron@example.org': 550 } });
    await startNode()();
    seconds = 100 * hourSeconds;
    await startNode()();
    expect(await outcomes()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ outcome: 'GIVEN_UP', attempts: 1 }),
        expect.objectContaining({ outcome: 'SENT' }),
      ]),
    );
    expect(logged).toEqual([
      {
        level: 'warn',
        message: 'gave up a mail',
        details: { id, purpose: 'reset', code: 'EENVELOPE 550' },
      },
    ]);
  });

  it('sends a mail later that is refused for the moment, and the others at once', async () => {
    const id = await queue();
    const other = await queue({ address: 'egret@example.org' });
    server.misbehave({ recipients: { 'heron@example.org': 451 } });
    const run = startNode();
    await run();
    expect(receivedIds()).toEqual([other]);
    server.misbehave();
    seconds = 59;
    await run();
    seconds = 60;
    await run();
    expect(receivedIds()).toEqual([other, id]);
    expect(linesOf('a mail is delayed')).toMatchObject([{ details: { code: 'EENVELOPE 451' } }]);
  });

  it.each([
    ['in the middle of the text', 'closes in the middle', 1],
    ['before the reply to the text', 'closes before the reply', 2],
  ] as const)('repeats the same message after a close %s', async (_title, text, copies) => {
    const id = await queue();
    const composed: boolean[] = [];
    const run = startNode({
      async compose(mail) {
        composed.push(mail.mayHaveArrived);
        return compose(mail);
      },
    });
    server.misbehave({ text });
    await run();
    server.misbehave();
    seconds = 60;
    await run();
    expect(composed).toEqual([false, true]);
    expect(receivedIds()).toEqual(Array.from({ length: copies }, () => id));
    expect(await outcomes()).toMatchObject([{ outcome: 'SENT', attempts: 2 }]);
  });

  it('ends while the server is away, and sends everything when it is back', async () => {
    const ids = await queueMany(5);
    await server.goAway();
    const run = startNode();
    for (; seconds < hourSeconds; seconds += 10) await run();
    expect(await outcomes()).toMatchObject(
      ids.map(() => ({ outcome: null, mayHaveArrived: false })),
    );
    await server.comeBack();
    for (; seconds < 2 * hourSeconds; seconds += 60) await run();
    expect(balanceMails(ids, server.mails())).toEqual(eachOnce);
    expect(linesOf('the mail server is unavailable')).toHaveLength(1);
    expect(linesOf('the mail server is available again')).toHaveLength(1);
    expect(linesOf('gave up a mail')).toEqual([]);
  });

  it('tries one mail, and pauses, while the server is away', async () => {
    await queueMany(5);
    await server.goAway();
    const run = startNode();
    await run();
    seconds = 4;
    await run();
    const attempted = () => logged.filter(({ message }) => message === 'a mail is delayed').length;
    expect(attempted()).toBe(1);
    seconds = 5;
    await run();
    expect(attempted()).toBe(2);
  });

  it.each([
    ['REQUEST', 24],
    ['ACCOUNT', 72],
  ] as const)('gives up a mail of the queue %s after %d hours', async (name, hours) => {
    const id = await queue({ queue: name });
    await server.goAway();
    const run = startNode({ queue: name });
    for (; seconds < hours * hourSeconds; seconds += hourSeconds) await run();
    expect(await outcomes()).toMatchObject([{ outcome: null }]);
    await server.comeBack();
    await run();
    expect(await outcomes()).toMatchObject([{ outcome: 'GIVEN_UP' }]);
    expect(linesOf('gave up a mail')).toEqual([
      {
        level: 'warn',
        message: 'gave up a mail',
        details: { id, purpose: 'reset', code: 'EXPIRED' },
      },
    ]);
    expect(server.mails()).toEqual([]);
  });

  it('ends after the current mail when it is stopped', async () => {
    await queueMany(3);
    await startNode()(() => server.mails().length > 0);
    expect(server.mails()).toHaveLength(1);
    await startNode()();
    expect(server.mails()).toHaveLength(3);
  });

  it('of accounts does not wait for requests of strangers', async () => {
    await queueMany(3);
    const notice = await queue({ queue: 'ACCOUNT', purpose: 'notice' });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isHeld = () => {};
    const reached = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const requests = startNode({
      async compose(mail) {
        isHeld();
        await held;
        return compose(mail);
      },
    })();
    await reached;
    await startNode({ queue: 'ACCOUNT' })();
    expect(receivedIds()).toEqual([notice]);
    release();
    await requests;
    expect(server.mails()).toHaveLength(4);
  });
});

describe('of several nodes', () => {
  it('each mail is sent once by those that run at the same time', async () => {
    const ids = await queueMany(20);
    const runs = Array.from({ length: 4 }, () => startNode());
    await Promise.all(runs.map((run) => run()));
    expect(balanceMails(ids, server.mails())).toEqual(eachOnce);
  });

  it('each mail is sent once, even by two that both have the lease', async () => {
    const ids = await queueMany(20);
    const node = randomUUID();
    const runs = Array.from({ length: 2 }, () => startNode({ node }));
    await Promise.all(runs.map((run) => run()));
    expect(balanceMails(ids, server.mails())).toEqual(eachOnce);
  });

  it('one that lost its lease ends after the current mail', async () => {
    await queueMany(3);
    const other = createSenderLease({ sql, now, queue: 'REQUEST', node: randomUUID() });
    await startNode({
      async compose(mail) {
        seconds = 45;
        expect(await other.take()).toBe(true);
        return compose(mail);
      },
    })();
    expect(server.mails()).toHaveLength(1);
    // The lease is still the other one's.
    await startNode()();
    expect(server.mails()).toHaveLength(1);
    await other.release();
    await startNode()();
    expect(server.mails()).toHaveLength(3);
  });

  it('another one sends what one claimed that was killed before it sent it', async () => {
    const id = await queue();
    await claimMail(sql, { queue: 'REQUEST', at: now(), jitter: 0 });
    const run = startNode();
    await run();
    expect(server.mails()).toEqual([]);
    seconds = 60;
    await run();
    await run();
    expect(receivedIds()).toEqual([id]);
    expect(await outcomes()).toMatchObject([{ outcome: 'SENT', attempts: 2 }]);
  });

  it('another one repeats the same message that one sent before it was killed', async () => {
    const id = await queue();
    const killed: Sql = {
      async $queryRawUnsafe(text, ...values) {
        if (text.includes('SET outcome')) throw new Error('killed');
        return sql.$queryRawUnsafe(text, ...values);
      },
    };
    await expect(startNode({ sql: killed })()).rejects.toThrow('killed');
    seconds = 60;
    await startNode()();
    seconds = 10_000;
    await startNode()();
    expect(receivedIds()).toEqual([id, id]);
    expect(await outcomes()).toMatchObject([{ outcome: 'SENT', attempts: 2 }]);
  });
});

describe('a run', () => {
  it.each(['ACCOUNT', 'REQUEST'] as const)(
    'without due mails of %s writes nothing',
    async (name: Queue) => {
      await queue({ queue: name === 'ACCOUNT' ? 'REQUEST' : 'ACCOUNT' });
      const statements: string[] = [];
      const watched: Sql = {
        $queryRawUnsafe(text, ...values) {
          statements.push(text);
          return sql.$queryRawUnsafe(text, ...values);
        },
      };
      await startNode({ queue: name, sql: watched })();
      expect(statements).toEqual([expect.stringMatching(/^SELECT /)]);
    },
  );
});
