import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { NewRead } from '../../packages/rights/src/reads/read-record.ts';
import { createRecordReads } from '../../packages/rights/src/reads/record-reads.ts';
import { isRejectedData } from '../../src/database/errors.ts';
import { createRequestBudget, currentDeadline } from '../../src/database/time/request-budget.ts';
import { packageErrors } from '../../src/schema/packages/package-errors.ts';

const notRecorded = packageErrors.readNotRecorded;

const aRead = (requestId: string): NewRead => ({
  coordinate: 'Invoice.total',
  type: 'Invoice',
  ids: ['i1'],
  actor: null,
  ip: null,
  operation: 'invoices',
  requestId,
});

/** A recorder whose writes end when the test ends them. */
function startRecorder(patienceMs = 10_000) {
  const writes: { readonly requests: readonly string[]; end(error?: Error): void }[] = [];
  const errors: unknown[] = [];
  const record = createRecordReads({
    isRejectedData,
    notRecorded,
    add: (reads) =>
      new Promise((resolve, reject) => {
        writes.push({
          requests: reads.map(({ requestId }) => requestId),
          end: (error) => (error === undefined ? resolve() : reject(error)),
        });
      }),
    patienceMs,
    onError: (error) => errors.push(error),
    elapsedMs: () => performance.now(),
  });
  return {
    writes,
    errors,
    record: (requestId: string, isEvent = false) => record({ reads: [aRead(requestId)], isEvent }),
    async nextWrite(count: number) {
      while (writes.length < count) await setImmediate();
      return writes[count - 1];
    },
  };
}

/** Whether a promise is settled after some turns of the event loop. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  return settled;
}

describe('the record of reads', () => {
  it('writes answers together that wait at the same time, and resolves when they are written', async () => {
    const { record, writes, nextWrite } = startRecorder();
    const first = [record('a'), record('b')];
    const write = await nextWrite(1);
    expect(write?.requests).toEqual(['a', 'b']);
    const later = [record('c'), record('d')];
    expect(await isSettled(Promise.race([...first, ...later]))).toBe(false);
    write?.end();
    await Promise.all(first);
    expect(writes).toHaveLength(1);
    const second = await nextWrite(2);
    expect(second?.requests).toEqual(['c', 'd']);
    expect(await isSettled(Promise.race(later))).toBe(false);
    second?.end();
    await Promise.all(later);
  });

  it('writes the answers of all subscribers of an event together, also when they take turns', async () => {
    const { record, nextWrite, writes } = startRecorder();
    const answers: Promise<void>[] = [];
    for (let subscriber = 0; subscriber < 300; subscriber += 1) {
      answers.push(record(`s${subscriber}`, true));
      if (subscriber % 4 === 3) await setImmediate();
    }
    (await nextWrite(1))?.end();
    await Promise.all(answers);
    expect(writes.map(({ requests }) => requests.length)).toEqual([300]);
  });

  it('rejects all answers of a write that fails, reports it once, and goes on', async () => {
    const { record, errors, nextWrite } = startRecorder();
    const failed = Promise.allSettled([record('a'), record('b')]);
    const error = new Error('The disk is full.');
    (await nextWrite(1))?.end(error);
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(errors).toEqual([error]);
    const next = record('c');
    (await nextWrite(2))?.end();
    await next;
  });

  it.each(['22021', '23514', '54000'])(
    'writes answers apart whose data are rejected with %s, and rejects those alone',
    async (code) => {
      const written: string[] = [];
      const errors: unknown[] = [];
      const wrong = Object.assign(new Error('The data are wrong.'), { code });
      const record = createRecordReads({
        isRejectedData,
        notRecorded,
        add: async (reads) => {
          const requests = reads.map(({ requestId }) => requestId);
          if (requests.includes('wrong')) throw wrong;
          written.push(...requests);
        },
        patienceMs: 10_000,
        onError: (error) => errors.push(error),
        elapsedMs: () => performance.now(),
      });
      const requests = ['a', 'b', 'wrong', 'c', 'd'];
      const settled = await Promise.allSettled(
        requests.map((each) => record({ reads: [aRead(each)], isEvent: false })),
      );
      expect(settled.map(({ status }) => status === 'fulfilled')).toEqual(
        requests.map((each) => each !== 'wrong'),
      );
      expect(written).toEqual(['a', 'b', 'c', 'd']);
      expect(errors).toEqual([wrong]);
    },
  );

  it('ends a write at 20,000 ids', async () => {
    const sizes: number[] = [];
    const record = createRecordReads({
      isRejectedData,
      notRecorded,
      add: async (reads) => void sizes.push(reads.reduce((sum, { ids }) => sum + ids.length, 0)),
      patienceMs: 10_000,
      onError: () => {},
      elapsedMs: () => performance.now(),
    });
    const ids = Array.from({ length: 1_000 }, (_, id) => `i${id}`);
    await Promise.all(
      Array.from({ length: 45 }, () => record({ reads: [{ ...aRead('a'), ids }], isEvent: false })),
    );
    expect(sizes).toEqual([20_000, 20_000, 5_000]);
  });

  it('rejects an answer that has waited too long, and does not write it any more', async () => {
    const { record, nextWrite, writes } = startRecorder(20);
    const first = record('a');
    const write = await nextWrite(1);
    const waiting = record('b');
    for (const each of [first, waiting]) {
      await expect(each).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    }
    write?.end();
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    expect(writes).toHaveLength(1);
  });

  it('is not ended for others by the deadline of the request that began it', async () => {
    const seen: boolean[] = [];
    const record = createRecordReads({
      isRejectedData,
      notRecorded,
      add: async () => void seen.push(currentDeadline() === undefined),
      patienceMs: 1_000,
      onError: () => {},
      elapsedMs: () => performance.now(),
    });
    const budget = createRequestBudget(
      { kind: 'postgresql' },
      { totalMs: 1_000, deadlineMs: 1_000 },
    );
    await budget.withinBudget(() => record({ reads: [aRead('a')], isEvent: false }));
    expect(seen).toEqual([true]);
  });
});
