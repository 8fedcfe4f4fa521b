import { describe, expect, it } from 'vitest';
import {
  createReplicaLag,
  type ServerPosition,
  unfitReplica,
} from '../../src/database/connect/replica-lag.ts';

const primary: ServerPosition = { cluster: '7', timeline: 1, isReplica: false, bytes: 100n };
const replica: ServerPosition = { ...primary, isReplica: true };

/** A lag of at most 1,000 ms between two servers that a test moves, by a clock that it sets. */
function lagOf() {
  const servers = { primary, replica: async (): Promise<ServerPosition> => replica };
  const changes: (string | undefined)[] = [];
  let nowMs = 5_000;
  const lag = createReplicaLag({
    readPrimary: async () => servers.primary,
    readReplica: () => servers.replica(),
    maxLagMs: 1_000,
    elapsedMs: () => nowMs,
    onChange: (reason) => void changes.push(reason),
  });
  return {
    lag,
    servers,
    changes,
    /** Lets time pass, asks, and asks again when the check that this began has ended. */
    async isFreshAfter(passedMs: number): Promise<boolean> {
      nowMs += passedMs;
      lag.isFresh();
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      return lag.isFresh();
    },
    move: (primaryBytes: bigint, replicaBytes: bigint) => {
      servers.primary = { ...primary, bytes: primaryBytes };
      servers.replica = async () => ({ ...replica, bytes: replicaBytes });
    },
  };
}

describe('a replica', () => {
  it('is not fresh before the first comparison, and then as soon as it has what the primary had', async () => {
    const { lag, isFreshAfter, changes } = lagOf();
    expect(lag.isFresh()).toBe(false);
    expect(await isFreshAfter(0)).toBe(true);
    expect(changes).toEqual([undefined]);
  });

  it('is as old as the last position that it has reached', async () => {
    const { isFreshAfter, move, changes } = lagOf();
    await isFreshAfter(0);
    move(200n, 100n);
    expect(await isFreshAfter(600)).toBe(true); // 600 ms behind
    expect(await isFreshAfter(401)).toBe(false); // 1,001 ms behind
    move(300n, 200n);
    expect(await isFreshAfter(201)).toBe(true); // it has what the primary had 602 ms ago
    expect(changes).toEqual([undefined, 'the replica is more than 1000 ms behind', undefined]);
  });

  it('is fresh on an idle primary, however long nothing is written', async () => {
    const { isFreshAfter } = lagOf();
    for (let n = 0; n < 5; n += 1) expect(await isFreshAfter(900)).toBe(true);
  });

  it('is not fresh while it cannot be examined, and the reason is reported once', async () => {
    const { isFreshAfter, servers, changes } = lagOf();
    await isFreshAfter(0);
    servers.replica = () => Promise.reject(new Error('connection refused'));
    expect(await isFreshAfter(500)).toBe(false);
    expect(await isFreshAfter(500)).toBe(false);
    servers.replica = async () => replica;
    expect(await isFreshAfter(500)).toBe(true);
    expect(changes).toEqual([undefined, 'connection refused', undefined]);
  });

  it('is examined once at a time, however long that takes', async () => {
    const { isFreshAfter, servers } = lagOf();
    let examinations = 0;
    servers.replica = () => {
      examinations += 1;
      return new Promise(() => {});
    };
    for (let n = 0; n < 3; n += 1) await isFreshAfter(500);
    expect(examinations).toBe(1);
  });
});

describe('a server', () => {
  it.each([
    { what: 'was promoted', server: { ...replica, isReplica: false } },
    { what: 'belongs to another cluster', server: { ...replica, cluster: '8' } },
    { what: 'follows the primary of before a failover', server: { ...replica, timeline: 0 } },
  ])('is no replica when it $what', ({ server }) => {
    expect(unfitReplica(primary, server)).toBeTypeOf('string');
    expect(unfitReplica(primary, replica)).toBeUndefined();
  });
});
