import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import config from '../../packages/create-gatehouse/template/gatehouse.config.ts';
import { startTestGatehouse } from '../../src/testing.ts';

const directory = fileURLToPath(
  new URL('../../packages/create-gatehouse/template', import.meta.url),
);
const sdlPath = 'src/invoice/invoice.graphql';

/** The invoice's folder with other SDL in it. */
async function aFolder(change: (sdl: string) => string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-invoice-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'src/invoice'), { recursive: true });
  const sdl = change(await readFile(join(directory, sdlPath), 'utf8'));
  await writeFile(join(folder, sdlPath), sdl);
  return folder;
}

describe('the start of a project', () => {
  it('is refused, with coordinate and file, when a root field has no guard', async () => {
    const folder = await aFolder((sdl) => sdl.replace('Invoice @auth\n', 'Invoice\n'));
    await expect(startTestGatehouse(config, { directory: folder })).rejects.toMatchObject({
      name: 'CompositionError',
      problems: [`Query.invoice: a root field must have @auth or @public (${sdlPath})`],
      message: expect.stringContaining(`Query.invoice: `),
    });
  });

  it('is refused, with the policy and its file, when a predicate is missing', async () => {
    const domains = (config.domains ?? []).map((domain) => ({ ...domain, policies: {} }));
    await expect(startTestGatehouse({ ...config, domains }, { directory })).rejects.toMatchObject({
      name: 'CompositionError',
      problems: [`INVOICE_CUSTOMER: the policy has no predicate (${sdlPath})`],
    });
  });
});

describe('a test server', () => {
  it('starts from a snapshot of the migrated database, without rows', async () => {
    const first = await startTestGatehouse(config, { directory });
    const customer = await first.viewer();
    await first.db.invoice.create({ data: { customerId: customer.id, totalCents: 1 } });
    await first.close();
    const second = await startTestGatehouse(config, { directory });
    expect(await second.db.invoice.count()).toBe(0);
    await second.close();
  });

  it('holds the guards of fields that are reached through an interface or a union', async () => {
    const photo = { __typename: 'Photo', owner: 'ada', place: 'attic' };
    const feed = {
      name: 'feed',
      typeDefs: `extend type Query { feed: [Item!]! @public first: Node @public }
        interface Node { owner: String @auth(requires: [ADMIN]) }
        union Item = Photo
        type Photo implements Node { owner: String place: String @auth(requires: [ADMIN]) }
      `,
      resolvers: { Query: { feed: () => [photo], first: () => photo } },
    };
    const gate = await startTestGatehouse({ domains: [feed] }, { directory });
    const guest = await gate.viewer();
    expect(await guest.run('{ feed { ... on Photo { place } } }')).toMatchObject({
      ...{ status: 403, data: null, coordinate: 'Photo.place' },
    });
    expect(await gate.checkGuards()).toEqual([]);
    await gate.close();
  });
});
