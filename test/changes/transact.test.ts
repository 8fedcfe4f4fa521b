import { describe, expect, it } from 'vitest';
import type { TransactionOutcome } from '../../src/changes/ask-outcome.ts';
import { createAskOutcome } from '../../src/changes/ask-outcome.ts';
import { system } from '../../src/changes/origin.ts';
import { recordEvent, type WrittenEvent } from '../../src/changes/record-event.ts';
import { transact } from '../../src/changes/transact.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { OutcomeUnknownError } from '../../src/errors.ts';
import type { DataClient } from '../../src/values/sql-transaction.ts';
import { hasPostgres } from '../database/databases.ts';
import { createMigratedDatabase, createTestDatabase } from '../support/test-database.ts';

const failure = (code: string) => Object.assign(new Error('failed'), { code });
const written = { eventId: 'event', transactionId: '7' };

/** Runs a transaction whose commit fails, and that is asked for. */
async function commitWith(
  error: Error,
  given: { written?: WrittenEvent; outcome: TransactionOutcome },
) {
  const asked: WrittenEvent[] = [];
  const data: Pick<DataClient<unknown>, 'transaction'> = {
    async transaction(work) {
      await work(undefined);
      throw error;
    },
  };
  const askOutcome = async (event: WrittenEvent) => {
    asked.push(event);
    return given.outcome;
  };
  const result = transact({ data, askOutcome }, async () => ({
    result: 'done',
    written: given.written,
  }));
  const [settled] = await Promise.allSettled([result]);
  return { asked: asked.length, settled };
}

describe('a transaction whose commit fails', () => {
  const lost = failure('ECONNRESET');

  it.each([
    { outcome: 'committed', settled: { status: 'fulfilled', value: 'done' } },
    { outcome: 'rolled back', settled: { status: 'rejected', reason: lost } },
    {
      outcome: 'unknown',
      settled: { status: 'rejected', reason: new OutcomeUnknownError({ cause: lost }) },
    },
  ] as const)('without an answer is settled by the database: $outcome', async (given) => {
    const { outcome, settled } = given;
    expect(await commitWith(lost, { written, outcome })).toEqual({ asked: 1, settled });
  });

  it.each(['40001', '40P01', 'P2034', '23505', '23503', '22P02'])(
    'with an error that says that it was rolled back asks nothing: %s',
    async (code) => {
      const error = failure(code);
      const settled = { status: 'rejected', reason: error };
      const given = { written, outcome: 'committed' } as const;
      expect(await commitWith(error, given)).toEqual({ asked: 0, settled });
    },
  );

  it.each(['40003', '57P01', '08006', 'P2028', 'XX000', 'AB001'])(
    'with another error is asked for: %s',
    async (code) => {
      const { asked } = await commitWith(failure(code), { written, outcome: 'rolled back' });
      expect(asked).toBe(1);
    },
  );

  it('asks nothing when it has written nothing', async () => {
    const settled = { status: 'rejected', reason: lost };
    expect(await commitWith(lost, { outcome: 'unknown' })).toEqual({ asked: 0, settled });
  });
});

async function connectMigratedPostgres(): Promise<DatabaseConnection> {
  const { nodeUrl, drop } = await createMigratedDatabase();
  const connection = connectPostgres({ url: nodeUrl, onPoolError: () => {} });
  return { ...connection, close: () => connection.close().then(drop) };
}

describe.each([
  { kind: 'embedded', connect: createTestDatabase },
  ...(hasPostgres
    ? [{ kind: 'postgresql, for the role of nodes', connect: connectMigratedPostgres }]
    : []),
])('the outcome of a transaction, on $kind', ({ connect }) => {
  it('is asked of the database: committed or rolled back, and unknown without an event', async () => {
    const connection = await connect();
    const ask = createAskOutcome(connection.read);
    const record = async (isUndone: boolean): Promise<WrittenEvent> => {
      let event: WrittenEvent | undefined;
      const done = connection.database.$transaction(async (transaction) => {
        const made = { at: new Date(), action: 'thing.happened', subjectId: null };
        event = await recordEvent(transaction, system, made);
        if (isUndone) throw new Error('undone');
      });
      await done.catch(() => {});
      if (event === undefined) throw new Error('unreachable');
      return event;
    };
    const [kept, undone] = [await record(false), await record(true)];
    expect([await ask(kept), await ask(undone)]).toEqual(['committed', 'rolled back']);
    // As after a failover: another transaction has the number.
    expect(await ask({ ...undone, transactionId: kept.transactionId })).toBe('unknown');
    await connection.close();
    expect(await ask(kept)).toBe('unknown');
  });
});
