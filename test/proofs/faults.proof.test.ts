import { expect, it } from 'vitest';
import { databaseFaults } from '../support/faults/faults.ts';
import {
  createFaultWorld,
  endure,
  lossesOf,
  serveUnderLoad,
  type Toll,
} from '../support/faults/world.ts';
import { createAcknowledged } from '../support/kill/writer.ts';
import { mayMount, postgresBinaries } from '../support/postgres-cluster.ts';
import { useGatehouse } from '../support/process.ts';

/**
 * `npm run proof -- faults`: breaks a PostgreSQL server of its own, the network before it, and the
 * process, under a load of writes and of viewers, and looks for late answers, lost writes and ends that
 * was not requested. `test/cli/faults.test.ts` runs a few seconds. Needs PostgreSQL's programs, no server.
 */
const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback);
const figures = {
  frozenMs: 1_000 * number('FROZEN_SECONDS', 30),
  killingMs: 1_000 * number('KILLING_SECONDS', 60),
  restarts: number('RESTARTS', 10),
  networkMs: 1_000 * number('NETWORK_SECONDS', 10),
};
const terminations = number('TERMINATIONS', 20);
const timeout = 3_600_000;
const gatehouse = useGatehouse();
/** What needs a disk that can be filled. */
const disk = mayMount() ? { diskMegabytes: 200 } : undefined;
const faults = Object.entries(databaseFaults(figures)).filter(
  ([what]) => disk !== undefined || !what.includes('disk'),
);

it.skipIf(postgresBinaries === undefined).each(faults)(
  'endures %s',
  { timeout },
  async (what, fault) => {
    const world = await createFaultWorld(disk);
    const server = await gatehouse.serve(world.settings);
    const toll = await endure(world, server, fault);
    process.stdout.write(`${what}: ${describe(toll)}\n`);
    expect(toll).toMatchObject({ late: 0, wrong: [], losses: [], hasExited: false });
    expect(toll.recoveredAfterMs).toBeLessThan(5_000);
    expect(await server.stop()).toMatchObject({ code: 0 });
  },
);

it.skipIf(postgresBinaries === undefined)(
  'loses nothing when it is stopped under load, again and again',
  { timeout },
  async () => {
    const world = await createFaultWorld();
    const known = createAcknowledged();
    const sum = { answered: 0, refused: 0, cut: 0, late: 0, slowestMs: 0, slowestEndMs: 0 };
    for (let round = 0; round < terminations; round += 1) {
      const { server, load } = await serveUnderLoad(gatehouse, world, { name: `r${round}`, known });
      await load.recovered();
      const toldAtMs = performance.now();
      const [{ code }] = await Promise.all([server.stop(), load.stop()]);
      sum.slowestEndMs = Math.max(sum.slowestEndMs, performance.now() - toldAtMs);
      const { wrong, late, answered, refused, cut, slowestMs } = load.count;
      expect({ round, code, wrong, late }).toEqual({ round, code: 0, wrong: [], late: 0 });
      sum.answered += answered;
      sum.refused += refused;
      sum.cut += cut;
      sum.slowestMs = Math.max(sum.slowestMs, slowestMs);
    }
    expect(await lossesOf(world, known)).toEqual([]);
    process.stdout.write(`${terminations} ends under load: ${JSON.stringify(sum)}\n`);
  },
);

const describe = ({ answered, refused, unknown, late, slowestMs, heard, ...toll }: Toll) =>
  `${answered} answered, ${refused} refused with 503, ${unknown} of an unknown outcome, ${late} late (slowest ${Math.round(slowestMs)} ms), ` +
  `${toll.wrong.length} wrong, ${toll.losses.length} lost, ${heard} events delivered, ` +
  `well again after ${Math.round(toll.recoveredAfterMs)} ms`;
