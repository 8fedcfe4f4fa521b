import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/signing-keys.ts';
import { keysWithoutLead, rotate, shortTimes, startTraffic } from '../support/key-rotation.ts';
import { useGatehouse } from '../support/process.ts';
import { createPostgresDatabase } from '../support/test-database.ts';

/**
 * `npm run proof -- key-rotation`: two nodes over PostgreSQL with one key file, of which
 * `test/cli/key-rotation.test.ts` runs a few seconds. Needs `TEST_DATABASE_URL`.
 */
const rotations = Number(process.env.ROUNDS ?? 5);
const password = 'violet-otter-ladder-93-quay';

const gatehouse = useGatehouse();

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  `refuses nobody while the keys rotate ${rotations} times, and would notice a rotation with a gap`,
  async () => {
    const { url: DATABASE_URL, drop } = await createPostgresDatabase();
    onTestFinished(drop);
    const file = join(gatehouse.folder(), 'keys.json');
    await writeFile(file, generateSigningKeys(), { mode: 0o600 });
    const environment = {
      ...shortTimes,
      DATABASE_URL,
      SIGNING_KEYS: file,
      ADMIN_PASSWORD: password,
    };
    const nodes = [await gatehouse.serve(environment), await gatehouse.serve(environment)];
    const traffic = startTraffic({
      urls: nodes.map(({ url }) => url),
      username: 'admin',
      password,
    });

    for (let round = 0; round < rotations; round += 1) {
      const kid = await rotate(gatehouse, environment);
      await expect.poll(() => traffic.tally.kids.has(kid), { timeout: 30_000 }).toBe(true);
    }
    const { logins, requests, verifications, kids } = traffic.tally;
    process.stdout.write(
      `${rotations} rotations, ${kids.size} keys signed: ${logins} logins, ${requests} requests, ` +
        `${verifications} verifications by third parties, ${traffic.tally.refusals.length} refused\n`,
    );
    expect(traffic.tally.refusals).toEqual([]);
    expect(kids.size).toBe(rotations + 1);

    await writeFile(`${file}.other`, await keysWithoutLead(file), { mode: 0o600 });
    await rename(`${file}.other`, file);
    await sleep(3000); // as long as verifiers keep the old set, and a little more
    const { refusals } = await traffic.stop();
    process.stdout.write(`without a lead: ${refusals.length} refused\n`);
    expect(refusals.length).toBeGreaterThan(0);
    for (const node of nodes) expect(await node.stop()).toMatchObject({ code: 0 });
  },
  600_000,
);
