import { createHash } from 'node:crypto';
import {
  type DeliveredAnswer,
  defineDomain,
  type GatehousePackage,
  type PackageRuntime,
} from 'graphql-gatehouse';
import { definePackage } from 'graphql-gatehouse/package';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPackageServer } from '../support/package-server.ts';
import { roomsProject } from '../support/rooms-project.ts';
import type { TestServer } from '../support/test-server.ts';

const domain = defineDomain({
  name: 'secret',
  typeDefs: `extend type Query { secret(of: String): Secret! @auth(requires: [ADMIN]) }
    type Secret { id: ID! text: String! @audited(reason: "It is secret.") kind: String! }`,
  resolvers: { Query: { secret: () => ({ id: 's1', text: 'seven', kind: 'number' }) } },
});

const recorded: { readonly by: string; readonly delivered: DeliveredAnswer }[] = [];
let failing: string | undefined;

const recorder = (name: string): GatehousePackage =>
  definePackage({
    name,
    open: async () => ({ by: name }),
    async onDelivered({ by }: { readonly by: string }, delivered) {
      if (failing === name) throw new Error('the recorder is broken');
      recorded.push({ by, delivered });
    },
  });

let server: TestServer;
let runtime: PackageRuntime<unknown> | undefined;
beforeAll(async () => {
  const packages: readonly GatehousePackage[] = [
    recorder('first'),
    recorder('second'),
    {
      name: 'third',
      async onDelivered(parts) {
        runtime = parts;
      },
    },
  ];
  server = await startPackageServer({
    packages,
    now: () => new Date(),
    config: { domains: [...(roomsProject.config.domains ?? []), domain] },
  });
});
afterAll(() => server.stop());
beforeEach(() => {
  recorded.length = 0;
  failing = undefined;
});

const query = 'query ($of: String) { secret(of: $of) { text } }';
const ask = (text: string) =>
  server.ask(text, { token: server.admin.accessToken, variables: { of: 'hidden-value' } });

describe('the packages that record what is delivered', () => {
  it('get what an answer holds and who gets it, and no variables', async () => {
    expect((await ask(query)).data).toEqual({ secret: { text: 'seven' } });
    expect(recorded.map(({ by }) => by)).toEqual(['first', 'second']);
    expect(recorded[0]?.delivered).toEqual({
      operation: 'query',
      documentHash: createHash('sha256').update(query).digest('hex'),
      viewer: expect.objectContaining({ kind: 'user', userId: server.admin.id }),
      client: expect.objectContaining({ ip: '127.0.0.1' }),
      requestId: expect.any(String),
      reads: [{ coordinate: 'Secret.text', reason: 'It is secret.', type: 'Secret', ids: ['s1'] }],
    });
    expect(JSON.stringify(recorded)).not.toContain('hidden-value');
  });

  it('are not called for an answer without audited values', async () => {
    expect((await ask('{ secret { kind } }')).data).toEqual({ secret: { kind: 'number' } });
    expect(recorded).toEqual([]);
  });

  it.each(['first', 'second'])(
    'refuse an answer when the %s of them fails, and the log says why',
    async (name) => {
      failing = name;
      const { status, data, code, reason, text } = await ask(query);
      expect({ status, data, code, reason }).toEqual({
        status: 503,
        data: undefined,
        code: 'SERVICE_UNAVAILABLE',
        reason: 'READ_NOT_RECORDED',
      });
      expect(text).not.toContain('seven');
      expect(server.logLines.join('')).toContain('the recorder is broken');
    },
  );

  it('run prepared statements, and learn which values the database rejected', async () => {
    await ask(query);
    const { sql } = runtime ?? {};
    const statement = { name: 'test_package', text: 'SELECT $1::text::int AS number' };
    expect(await sql?.runPrepared(statement, ['7'])).toEqual([{ number: 7 }]);
    const error = await sql?.runPrepared(statement, ['seven']).catch((failed: unknown) => failed);
    expect(sql?.isRejectedData(error)).toBe(true);
    expect(sql?.isRejectedData(new Error('other'))).toBe(false);
    expect(await sql?.replica.$queryRawUnsafe('SELECT 7 AS number')).toEqual([{ number: 7 }]);
  });
});
