import { afterEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer | undefined;
afterEach(() => server?.stop());

/** A server that lets five attempts fail from an address. */
async function startWith(environment: Readonly<Record<string, string>>): Promise<TestServer> {
  server = await startTestServer({
    environment: { LOGIN_ATTEMPTS_PER_ADDRESS: '5', ...environment },
  });
  return server;
}

/** Fails at another account each time. Resolves with the status. */
async function failFrom(forwardedFor: string, n: number): Promise<number | undefined> {
  const answer = await server?.ask(
    `mutation { login(username: "unknown-${n}", password: "a-wrong-password") { tokenType } }`,
    { headers: { 'x-forwarded-for': forwardedFor } },
  );
  return answer?.status;
}

async function statusesOf(forwardedFor: readonly string[]): Promise<readonly unknown[]> {
  const statuses = [];
  for (const [n, address] of forwardedFor.entries()) statuses.push(await failFrom(address, n));
  return statuses;
}

const lastIps = async (): Promise<readonly unknown[]> => {
  const events = await server?.connection.database.auditEvent.findMany({
    where: { action: 'login.failed' },
    orderBy: { id: 'asc' },
  });
  return [...new Set(events?.map(({ ip }) => ip))];
};

describe('failures from an address', () => {
  it('are bounded, whatever account they are at and whatever address is forwarded', async () => {
    await startWith({});
    const pretended = ['198.51.100.1', '198.51.100.2', '::1', 'rubbish', '', '198.51.100.3'];
    expect(await statusesOf(pretended)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await lastIps()).toEqual(['127.0.0.1']);
  });

  it('are those of the client when a trusted proxy forwards its address', async () => {
    await startWith({ TRUST_PROXY: '10.9.0.0/16, 127.0.0.1' });
    expect(await statusesOf(Array(6).fill('198.51.100.1'))).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await failFrom('198.51.100.2', 7)).toBe(401);
    // Through another proxy of ours.
    expect(await failFrom('198.51.100.1, 10.9.3.7', 8)).toBe(429);
    // Addresses that the client itself wrote in front are ignored.
    expect(await failFrom('198.51.100.99, 198.51.100.1', 9)).toBe(429);
    expect(await lastIps()).toEqual(['198.51.100.1', '198.51.100.2']);
  });

  it('are those of the last but so many proxies when their number is set', async () => {
    await startWith({ TRUST_PROXY: '1' });
    const pretended = Array.from({ length: 6 }, (_, n) => `203.0.113.${n}, 198.51.100.1`);
    expect(await statusesOf(pretended)).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('are those of the proxy when it forwards no address', async () => {
    await startWith({ TRUST_PROXY: 'loopback' });
    expect(await statusesOf(Array(6).fill('not-an-address'))).toEqual([
      401, 401, 401, 401, 401, 429,
    ]);
    expect(await lastIps()).toEqual(['127.0.0.1']);
  });

  it('are those of a whole network of IPv6', async () => {
    await startWith({ TRUST_PROXY: 'loopback' });
    const network = Array.from({ length: 6 }, (_, n) => `2001:db8::${n + 1}`);
    expect(await statusesOf(network)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await failFrom('2001:db8:0:1::1', 7)).toBe(401);
  });
});
