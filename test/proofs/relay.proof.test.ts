import { expect, it } from 'vitest';
import { loseNatsInRounds, startNatsWorld } from '../support/nats-rounds.ts';
import { useGatehouse } from '../support/process.ts';
import { type LeaderFault, relayInRounds } from '../support/relay-rounds.ts';
import { startRelayWorld } from '../support/relay-world.ts';

/**
 * `npm run proof -- relay`: two nodes over PostgreSQL, of which the one that leads is killed or frozen amid writes, in
 * turn. `test/cli/relay-nodes.test.ts` runs a round of each. Needs `TEST_DATABASE_URL`. With `EVENTS=nats`, events
 * travel through a NATS server, which is then stopped and frozen too.
 */
const rounds = Number(process.env.ROUNDS ?? 20);
const secondsAway = Number(process.env.AWAY_SECONDS ?? 30);
const usesNats = process.env.EVENTS === 'nats';
const gatehouse = useGatehouse();
const hasPostgres = process.env.TEST_DATABASE_URL !== undefined;

it.skipIf(!hasPostgres)(
  `relays each entry once in ${rounds} rounds in which the leader fails`,
  { timeout: 3_600_000 },
  async () => {
    const world = await (usesNats ? startNatsWorld(gatehouse) : startRelayWorld(gatehouse));
    const faults = Array.from(
      { length: rounds },
      (_, round): LeaderFault => (round % 2 === 0 ? 'killed' : 'frozen'),
    );
    const found = await relayInRounds(world, { nodes: world.nodes, faults });
    for (const fault of ['killed', 'frozen']) {
      const these = found.filter((_, round) => faults[round] === fault);
      const entries = these.reduce((sum, each) => sum + each.entries, 0);
      const most = (times: readonly number[]) => Math.max(...times).toFixed(0);
      process.stdout.write(
        `${fault}, ${these.length} rounds: ${entries} entries; the next leader after ` +
          `${most(these.map(({ takeoverMs }) => takeoverMs))} ms, an entry after ` +
          `${most(these.map(({ slowestMs }) => slowestMs))} ms at most\n`,
      );
    }
    expect(found.flatMap((each) => each.faults)).toEqual([]);
  },
);

it.skipIf(!hasPostgres || !usesNats)(
  `sends each entry once when NATS is away for ${secondsAway} s`,
  { timeout: 3_600_000 },
  async () => {
    const world = await startNatsWorld(gatehouse);
    const faults = ['stopped', 'frozen'] as const;
    const found = await loseNatsInRounds(world, { faults, seconds: secondsAway });
    for (const [index, round] of found.entries()) {
      const { entries, late, lost, doubled, slowestMs, slowestCommitMs } = round;
      process.stdout.write(
        `NATS ${faults[index]} for ${secondsAway} s: ${entries} entries, ${late} of them meanwhile; ` +
          `${lost} lost, ${doubled} doubled; an entry after ${slowestMs.toFixed(0)} ms, ` +
          `a commit meanwhile after ${slowestCommitMs.toFixed(0)} ms at most\n`,
      );
      expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
    }
  },
);
