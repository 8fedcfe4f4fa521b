import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NewMail, QueuedMail } from '../../packages/mail/src/outbox/mail.ts';
import {
  claimMail,
  doneMails,
  finishMail,
  hasDueMail,
  noteArrival,
  queueMail,
} from '../../packages/mail/src/outbox/outbox.store.ts';
import { createSenderLease } from '../../packages/mail/src/outbox/sender-lease.ts';
import { removeRows, type Sql } from '../../src/package.ts';
import { createMailDatabase } from '../support/mail/mail-database.ts';
import type { TestDatabase } from '../support/test-database.ts';

const start = new Date('2026-12-01T12:00:00Z');
const timeAt = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const daySeconds = 24 * 60 * 60;

let database: TestDatabase;
let sql: Sql;
const removeDone = (at: Date) => removeRows(sql, doneMails(at), () => false);
beforeAll(async () => {
  database = await createMailDatabase();
  sql = database.database;
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql.$queryRawUnsafe('DELETE FROM gatehouse_mail.outbox');
  await sql.$queryRawUnsafe('DELETE FROM gatehouse_mail.senders');
});

const reset: NewMail = { queue: 'REQUEST', purpose: 'reset', address: 'heron@example.org' };
const claim = (seconds: number, options: { queue?: 'ACCOUNT'; jitter?: number } = {}) =>
  claimMail(sql, { queue: 'REQUEST', at: timeAt(seconds), jitter: 0, ...options });

/** Claims all mails that are due, and leaves them so. */
async function claimAll(seconds: number): Promise<readonly QueuedMail[]> {
  const claimed: QueuedMail[] = [];
  for (let mail = await claim(seconds); mail !== undefined; mail = await claim(seconds)) {
    claimed.push(mail);
  }
  return claimed;
}

const countMails = async (): Promise<number> => {
  const rows = await sql.$queryRawUnsafe('SELECT id FROM gatehouse_mail.outbox');
  return Array.isArray(rows) ? rows.length : -1;
};

describe('the outbox', () => {
  it('returns a queued mail with all that it is about', async () => {
    const values = { inviter: 'Heron "H", \\ and \u{1f986}', action: 'a=b' };
    const whole = { ...reset, app: 'web', locale: 'pt-br', values };
    const id = await queueMail(sql, whole, start);
    expect(await claim(0)).toEqual({
      ...whole,
      id,
      userId: null,
      createdAt: start,
      attempts: 1,
      mayHaveArrived: false,
    });
  });

  it('has no mail of a cause that was rolled back', async () => {
    const cause = database.database.$transaction(async (transaction) => {
      await queueMail(transaction, reset, start);
      throw new Error('the cause failed');
    });
    await expect(cause).rejects.toThrow('the cause failed');
    expect(await claim(0)).toBeUndefined();
  });

  it('returns what has been due longest, of one queue', async () => {
    const later = await queueMail(sql, reset, timeAt(5));
    const earlier = await queueMail(sql, reset, start);
    await queueMail(sql, { ...reset, queue: 'ACCOUNT' }, start);
    await queueMail(sql, reset, timeAt(100));
    expect((await claimAll(10)).map(({ id }) => id)).toEqual([earlier, later]);
    expect(await hasDueMail(sql, 'REQUEST', timeAt(10))).toBe(false);
    expect(await hasDueMail(sql, 'ACCOUNT', timeAt(10))).toBe(true);
  });

  it.each([0, 1])('tries a mail again at growing intervals, with jitter %d', async (jitter) => {
    await queueMail(sql, reset, start);
    let seconds = 0;
    for (const [index, pause] of [60, 120, 300, 600, 900, 900, 900].entries()) {
      expect(await claim(seconds, { jitter })).toMatchObject({ attempts: index + 1 });
      seconds += pause * (1 + jitter / 10);
      expect(await claim(seconds - 1, { jitter })).toBeUndefined();
    }
  });

  it('returns a mail again whose node was killed, and remembers that it may have arrived', async () => {
    const id = await queueMail(sql, reset, start);
    await claim(0);
    expect(await claim(59)).toBeUndefined();
    expect(await claim(60)).toMatchObject({ id, attempts: 2, mayHaveArrived: false });
    await noteArrival(sql, id);
    expect(await claim(180)).toMatchObject({ id, attempts: 3, mayHaveArrived: true });
  });

  it('gives no mail to two that claim at the same time', async () => {
    const ids: string[] = [];
    for (let mail = 0; mail < 15; mail += 1) ids.push(await queueMail(sql, reset, start));
    const claims = await Promise.all(Array.from({ length: 40 }, () => claim(0)));
    const claimed = claims.flatMap((mail) => mail?.id ?? []);
    const rest = (await claimAll(0)).map(({ id }) => id);
    expect([...claimed, ...rest].sort()).toEqual(ids.sort());
  });

  it.each([
    ['SENT', 1],
    ['NOTHING', 1],
    ['GIVEN_UP', 7],
  ] as const)('keeps what was %s for %d days', async (outcome, days) => {
    const id = await queueMail(sql, reset, start);
    await claim(0);
    await finishMail(sql, id, { outcome, at: timeAt(1) });
    expect(await claim(10_000)).toBeUndefined();
    await removeDone(timeAt(days * daySeconds));
    expect(await countMails()).toBe(1);
    await removeDone(timeAt(days * daySeconds + 1));
    expect(await countMails()).toBe(0);
  });

  it('does not change what is done', async () => {
    const id = await queueMail(sql, reset, start);
    await finishMail(sql, id, { outcome: 'SENT', at: start });
    await finishMail(sql, id, { outcome: 'GIVEN_UP', at: timeAt(50) });
    await removeDone(timeAt(daySeconds));
    expect(await countMails()).toBe(0);
  });

  it('never removes what is not done', async () => {
    await queueMail(sql, reset, start);
    await removeDone(timeAt(1000 * daySeconds));
    expect(await countMails()).toBe(1);
  });

  describe('with many mails', () => {
    beforeEach(async () => {
      await sql.$queryRawUnsafe(
        `INSERT INTO gatehouse_mail.outbox
           (id, queue, purpose, address, created_at, due_at, done_at, outcome, remove_at)
         SELECT gen_random_uuid(), 'REQUEST', 'reset', 'heron@example.org', time, time,
           CASE WHEN n > 1000 THEN time END, 'SENT', CASE WHEN n > 1000 THEN time END
         FROM generate_series(1, 21000) AS n,
           LATERAL (SELECT $1::timestamptz + n * interval '1 second' AS time) AS times`,
        start.toISOString(),
      );
      await database.owner.migrations.query('ANALYZE gatehouse_mail.outbox');
    });

    it('removes at most 1000 at once, until none is left or the node stops', async () => {
      const afterFirst = timeAt(1000 + 1500);
      let asked = 0;
      await removeRows(sql, doneMails(afterFirst), () => asked++ > 0);
      expect(await countMails()).toBe(20_000);
      await removeDone(afterFirst);
      expect(await countMails()).toBe(19_500);
    });

    it('is read by its indexes alone', async () => {
      const plans: string[] = [];
      const explained = explain(sql, plans);
      const at = timeAt(20);
      await hasDueMail(explained, 'REQUEST', at);
      await claimMail(explained, { queue: 'REQUEST', at, jitter: 0 });
      await finishMail(explained, randomUUID(), { outcome: 'SENT', at });
      await noteArrival(explained, randomUUID());
      await removeRows(explained, doneMails(at), () => false);
      expect(plans).toHaveLength(5);
      for (const plan of plans) {
        expect(plan).toMatch(/Index (Only )?Scan/);
        expect(plan).not.toMatch(/Seq Scan|Sort/);
      }
    });
  });
});

/** Plans statements in place of running them. */
const explain = (access: Sql, plans: string[]): Sql => ({
  async $queryRawUnsafe(text, ...values) {
    plans.push(JSON.stringify(await access.$queryRawUnsafe(`EXPLAIN ${text}`, ...values)));
    return [];
  },
});

describe('the lease of a queue', () => {
  function leasesOf(time: { seconds: number }) {
    const [node, other] = [randomUUID(), randomUUID()];
    const now = () => timeAt(time.seconds);
    return {
      first: createSenderLease({ sql, now, queue: 'ACCOUNT', node }),
      second: createSenderLease({ sql, now, queue: 'ACCOUNT', node: other }),
      secondOfRequests: createSenderLease({ sql, now, queue: 'REQUEST', node: other }),
    };
  }

  it('belongs to one node until it releases it', async () => {
    const { first, second, secondOfRequests } = leasesOf({ seconds: 0 });
    expect(await first.take()).toBe(true);
    expect(await second.take()).toBe(false);
    expect(await secondOfRequests.take()).toBe(true);
    await second.release();
    expect(await second.take()).toBe(false);
    await first.release();
    expect(await second.take()).toBe(true);
  });

  it('ends 45 seconds after its node took or renewed it', async () => {
    const time = { seconds: 0 };
    const { first, second } = leasesOf(time);
    await first.take();
    time.seconds = 30;
    expect(await first.take()).toBe(true);
    time.seconds = 74;
    expect(await second.take()).toBe(false);
    time.seconds = 75;
    expect(await second.take()).toBe(true);
    expect(await first.take()).toBe(false);
  });

  it('is given to one of many nodes that take it at the same time', async () => {
    const leases = Array.from({ length: 10 }, () => leasesOf({ seconds: 0 }).first);
    const taken = await Promise.all(leases.map((lease) => lease.take()));
    expect(taken.filter((isTaken) => isTaken)).toHaveLength(1);
  });
});
