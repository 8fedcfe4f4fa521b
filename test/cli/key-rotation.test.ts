import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/signing-keys.ts';
import { rotate, shortTimes, startTraffic } from '../support/key-rotation.ts';
import { useGatehouse } from '../support/process.ts';
import { createPostgresDatabase } from '../support/test-database.ts';

const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

/** Five rotations, and what one with a gap would do: `npm run proof -- key-rotation`. */
it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'a rotation refuses nobody, at two nodes and at third parties that keep the public keys',
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
    const kid = await rotate(gatehouse, environment);
    await expect.poll(() => traffic.tally.kids.has(kid), { timeout: 60_000 }).toBe(true);
    const { refusals, kids } = await traffic.stop();
    expect(refusals).toEqual([]);
    expect(kids.size).toBe(2);
    for (const node of nodes) expect(await node.stop()).toMatchObject({ code: 0 });
  },
);
