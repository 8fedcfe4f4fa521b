import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { replicaBinaries } from '../support/postgres-cluster.ts';
import { startReplicaWorld } from '../support/replica-world.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

/**
 * `npm run proof -- replica`: two nodes with a streaming replica that is up to five seconds behind, and that is killed
 * and started again meanwhile. `test/database/replica.test.ts` tries each promise once. Needs PostgreSQL's programs.
 */
const rounds = Number(process.env.ROUNDS ?? 3_200);
const maxLagMs = 3_000;
const readersAtOnce = 4;
/** Each lag is kept for some rounds. */
const roundsPerLag = 100;
const greatestLagMs = 5_000;

const list = '{ auditEvents(first: 100, action: "room.created") { edges { node { subjectId } } } }';

/** The ids of the last rooms, as a node lists them to someone, or the status of the refusal. */
async function listed(node: TestServer, { accessToken }: TestUser) {
  const { status, data } = await node.ask(list, { token: accessToken });
  const edges: readonly { node: { subjectId: string } }[] = data?.auditEvents?.edges ?? [];
  return { status, ids: new Set(edges.map((edge) => edge.node.subjectId)) };
}

it.skipIf(replicaBinaries === undefined)(
  `shows each writer its writes and no reader data older than ${maxLagMs} ms in ${rounds} rounds`,
  async () => {
    const world = await startReplicaWorld({
      maxLagMs,
      settings: ['hot_standby_feedback=on'],
    });
    const [one, other] = world.nodes;
    const writer = await one.aUser('MANAGER', 'AUDITOR');
    const reader = await world.aReader('AUDITOR');
    await world.untilUsed(reader);
    const setLag = async () => {
      const lagMs = Math.floor(Math.random() * greatestLagMs);
      await world.replica.query(`ALTER SYSTEM SET recovery_min_apply_delay = ${lagMs}`);
      await world.replica.query('SELECT pg_reload_conf()');
    };
    const made: { id: string; atMs: number }[] = [];
    const tally = { lists: 0, old: 0, tooOld: 0, missingOwn: 0, admitted: 0, failed: 0 };
    const startedAtMs = performance.now();

    async function write(node: TestServer, next: TestServer, n: number): Promise<void> {
      const { data } = await node.ask(
        `mutation { createRoom(input: { name: "R${n}", floor: 1, groups: [STAFF] }) { id } }`,
        { token: writer.accessToken },
      );
      const id: string = data?.createRoom.id;
      const own = await listed(next, writer);
      if (!own.ids.has(id)) tally.missingOwn += 1;
      made.push({ id, atMs: performance.now() });
    }

    async function read(node: TestServer): Promise<void> {
      const askedAtMs = performance.now();
      const latest = made.slice(-80);
      const { status, ids } = await listed(node, reader);
      tally.lists += 1;
      if (status !== 200) tally.failed += 1;
      const missing = latest.filter(({ id }) => !ids.has(id));
      if (missing.length > 0) tally.old += 1;
      if (missing.some(({ atMs }) => askedAtMs - atMs > maxLagMs)) tally.tooOld += 1;
    }

    /** Takes the right to the list away on one node, asks on the other, and gives it back. */
    async function revoke(node: TestServer, next: TestServer): Promise<void> {
      const change = async (name: string) => {
        const mutation = `mutation { ${name}(userId: "${reader.id}", group: AUDITOR) { id } }`;
        expect((await node.ask(mutation, { token: node.admin.accessToken })).errors).toEqual([]);
      };
      await change('revokeGroup');
      if ((await listed(next, reader)).status !== 403) tally.admitted += 1;
      await change('grantGroup');
    }

    for (let n = 0; n < rounds; n += 1) {
      const [node, next] = n % 2 === 0 ? ([one, other] as const) : ([other, one] as const);
      if (n === Math.floor(rounds / 3)) await world.replica.stopAtOnce();
      if (n === Math.floor((2 * rounds) / 3)) await world.replica.start();
      if (n % roundsPerLag === 0 && world.replica.isRunning()) await setLag();
      const reads = Array.from({ length: readersAtOnce }, (_, k) =>
        read(k % 2 === 0 ? node : next),
      );
      await Promise.all([write(node, next, n), ...reads]);
      if (n % 10 === 0) await revoke(node, next);
    }

    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    process.stdout.write(
      `${rounds} rounds in ${seconds} s: ${JSON.stringify(tally)}, ` +
        `answered ${JSON.stringify(world.answers)}, changes ${JSON.stringify(world.changes)}\n`,
    );
    expect(tally).toMatchObject({ tooOld: 0, missingOwn: 0, admitted: 0, failed: 0 });
    // Otherwise nothing was tried.
    expect(tally.old).toBeGreaterThan(0);
    expect(world.answers.replica).toBeGreaterThan(0);
    recordFigure('replica.lists-of-reader', tally.lists);
    recordFigure('replica.lists-of-writer', rounds);
  },
  3_600_000,
);
