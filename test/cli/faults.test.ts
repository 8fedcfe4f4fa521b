import { expect, it } from 'vitest';
import { databaseFaults } from '../support/faults/faults.ts';
import { createFaultWorld, endure } from '../support/faults/world.ts';
import { postgresBinaries } from '../support/postgres-cluster.ts';
import { useGatehouse } from '../support/process.ts';
import { sampleOf } from '../support/sample.ts';

/** A few seconds of what `npm run proof -- faults` does for minutes. */
const faults = databaseFaults({ frozenMs: 500, killingMs: 600, restarts: 1, networkMs: 500 });
const inShort = sampleOf(
  [
    faults['connections that are killed'],
    faults['a database that is stopped at once and started'],
    faults['a network that swallows'],
  ],
  (_fault, index) => index > 0, // a stop kills all connections too
);
const gatehouse = useGatehouse();

it.skipIf(postgresBinaries === undefined)(
  'endures a database and a network that fail, and loses nothing',
  async () => {
    const world = await createFaultWorld();
    const server = await gatehouse.serve(world.settings);
    const toll = await endure(world, server, async () => {
      for (const fault of inShort) await fault?.(world);
    });
    expect(toll).toMatchObject({ wrong: [], losses: [], hasExited: false });
    expect(toll.recoveredAfterMs).toBeLessThan(60_000); // as long as it is waited for
    expect(await server.stop()).toMatchObject({ code: 0 });
  },
);
