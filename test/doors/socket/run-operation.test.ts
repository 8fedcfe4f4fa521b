import { EventEmitter, once } from 'node:events';
import { createAuthorization, directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { buildSchema } from 'graphql';
import { expect, it, vi } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import type { Context } from '../../../src/context/context.ts';
import { createRunOperation } from '../../../src/doors/socket/run-operation.ts';
import type { SocketOperation } from '../../../src/doors/socket/socket-operation.ts';
import { DeadlineError } from '../../../src/errors.ts';
import type { OperationRecord } from '../../../src/operation/answer/operation-record.ts';
import { createOperations } from '../../../src/operation/create-operations.ts';
import { createPricing } from '../../../src/schema/pricing.ts';
import { eventually } from '../../support/eventually.ts';

const query = 'subscription Ticks { tick }';
const viewer = { kind: 'anonymous', isAuthenticated: false, reason: 'TOKEN_MISSING' } as const;

const inTime = { signal: () => new AbortController().signal, isOver: () => false };

/** A server whose subscriptions begin when `begin` is called, and are given up when `giveUp` is. */
function aServer() {
  const clock = new EventEmitter();
  const records: OperationRecord[] = [];
  const leave = vi.fn(async () => ({ done: true as const, value: undefined }));
  const next = vi.fn(() => new Promise<never>(() => {}));
  const schema = buildSchema(`${directiveTypeDefs({ policy: undefined })}
    enum Group { STAFF }
    type Query { a: Int @public }
    type Subscription { tick: Int @public }
  `);
  const tick = schema.getSubscriptionType()?.getFields().tick;
  const subscribe = vi.fn(async () => {
    await once(clock, 'begin');
    return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
  });
  Object.assign(tick ?? {}, { subscribe });
  const running = new Map();
  const operation: Partial<SocketOperation> = {
    id: '1',
    payload: { query },
    start: { afterSubscriptions: async () => {}, end() {} },
    left: new AbortController().signal,
    access: { viewer: async () => viewer, recheck() {}, end() {}, principal: () => undefined },
    connection: {
      client: { ip: '192.0.2.1', userAgent: undefined },
      sessionCookie: undefined,
      requestId: 'r',
      running,
      close() {},
      closedBy: () => undefined,
    },
  };
  const operations = createOperations({
    authorization: createAuthorization<typeof viewer, Context>(schema, {
      policies: {},
      viewerOf: () => viewer,
    }),
    gate: undefined,
    observers: [],
    proofFacts: {},
    pricing: createPricing([]),
    limits: parseConfig({}).operationLimits,
    hidesSchema: false,
    errorStatuses: {},
    logger: { error() {}, info() {}, warn() {} },
    toClientError: (error: unknown) => (error instanceof DeadlineError ? error : undefined),
    withinBudget: (work) => work(inTime),
    onOperation: (record) => void records.push(record),
    elapsedMs: () => 0,
  });
  const run = createRunOperation({
    operations,
    createContext: (facts) => Object(facts),
    withinBudget: (work) => {
      const late = new AbortController();
      const over = once(clock, 'late').then(() => {
        late.abort(new DeadlineError());
        return Promise.reject(late.signal.reason);
      });
      const deadline = { signal: () => late.signal, isOver: () => late.signal.aborted };
      return Promise.race([work(deadline), over]);
    },
  });
  return {
    run: () => run(Object(operation) as SocketOperation),
    running,
    records,
    leave,
    next,
    asked: () => eventually(() => expect(subscribe).toHaveBeenCalled()),
    begin: () => clock.emit('begin'),
    giveUp: () => clock.emit('late'),
  };
}

it('a subscription that begins in time runs, until its client leaves', async () => {
  const server = aServer();
  const begun = server.run();
  await server.asked();
  server.begin();
  const outcome = await begun;
  expect(server.running.size).toBe(1);
  if (outcome.kind === 'subscribed') await outcome.results.return?.();
  expect({ kind: outcome.kind, size: server.running.size }).toEqual({
    kind: 'subscribed',
    size: 0,
  });
  expect(server.leave).toHaveBeenCalledTimes(1);
  expect(server.records).toMatchObject([{ outcome: 'ok' }]);
});

it('a subscription that was given up lets its source go when that comes, and is recorded as failed', async () => {
  const server = aServer();
  const running = server.run();
  await server.asked();
  server.giveUp();
  await expect(running).rejects.toBeInstanceOf(DeadlineError);
  expect(server.records).toMatchObject([
    { operationName: 'Ticks', outcome: 'failed', codes: ['SERVICE_UNAVAILABLE'] },
  ]);
  server.begin();
  await eventually(() => expect(server.leave).toHaveBeenCalledTimes(1));
  expect(server.running.size).toBe(0);
  expect(server.next).not.toHaveBeenCalled();
  expect(server.records).toHaveLength(1);
});
