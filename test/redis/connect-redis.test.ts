import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectRedis } from '../../packages/redis/src/connect-redis.ts';
import { useGatehouse } from '../support/process.ts';
import {
  type RedisServer,
  redisNote,
  redisServer,
  startRedisServer,
} from '../support/redis-server.ts';
import { createCertificate, hasOpenssl } from '../support/tls-proxy.ts';

const password = 'heron-secret-71';
const scripts = { add: 'return redis.call("INCRBY", KEYS[1], ARGV[1])' };

function connect(url: string) {
  const redis = connectRedis({ url, scripts, timeoutMs: 1_000 });
  onTestFinished(() => redis.close());
  return redis;
}

describe.runIf(redisServer !== undefined)(`a connection to Redis${redisNote}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer({ password });
  });
  afterAll(() => server.remove());

  it('runs scripts in the database of its URL, also after Redis has forgotten them', async () => {
    const redis = connect(`${server.url}/3`);
    await redis.connected();
    expect(await redis.run('add', ['gatehouse:test'], [2])).toBe(2);
    await server.send('SCRIPT', 'FLUSH');
    expect(await redis.run('add', ['gatehouse:test'], [3])).toBe(5);
    expect(await server.send('GET', 'gatehouse:test')).toBeNull();
  });

  it('fails at once while Redis is away, with the reason, and comes back', async () => {
    const redis = connect(server.url);
    await redis.connected();
    await server.kill();
    await expect.poll(() => redis.send('PING').catch(({ message }) => message)).toMatch(/REFUSED/);
    await server.start();
    await expect.poll(() => redis.send('PING').catch(() => undefined)).toBe('PONG');
  });

  it.each([
    {
      what: 'a wrong password',
      change: { password: 'heron-other-71' },
      path: '',
      says: /^WRONGPASS /,
    },
    { what: 'no password', change: { password: '' }, path: '', says: /^NOAUTH / },
    { what: 'a database that is not there', change: {}, path: '/999', says: /DB index/ },
  ])('is refused with $what, and says so without the password', async ({ change, path, says }) => {
    const redis = connect(Object.assign(new URL(`${server.url}${path}`), change).href);
    const { message } = await redis.connected().then(
      () => ({ message: 'connected' }),
      (error: Error) => error,
    );
    expect(message).toMatch(says);
    expect(message).not.toContain('heron');
  });

  it('does not repeat a reply that quotes the password', async () => {
    const old = await startRedisServer({ words: ['--rename-command', 'HELLO', ''] });
    onTestFinished(() => old.remove());
    const redis = connect(`redis://:${password}@127.0.0.1:${old.port}`);
    await expect(redis.connected()).rejects.toThrow(/^ERR$/);
  });
});

describe.runIf(redisServer !== undefined && hasOpenssl())(`rediss:${redisNote}`, () => {
  const gatehouse = useGatehouse();

  async function startWithTls() {
    const { key, cert } = await createCertificate();
    const [keyFile, certFile] = [
      join(gatehouse.folder(), 'key.pem'),
      join(gatehouse.folder(), 'cert.pem'),
    ];
    await writeFile(keyFile, key);
    await writeFile(certFile, cert);
    const server = await startRedisServer({ password, tls: { keyFile, certFile } });
    onTestFinished(() => server.remove());
    return { url: `rediss://:${password}@localhost:${server.port}/0`, certFile };
  }

  it('refuses a certificate that is not trusted', async () => {
    const { url } = await startWithTls();
    await expect(connect(url).connected()).rejects.toThrow(/self.signed certificate/);
  });

  it('connects with one that is trusted, as doctor reports', async () => {
    const { url, certFile } = await startWithTls();
    const environment = { RATE_LIMIT_URL: url, NODE_EXTRA_CA_CERTS: certFile };
    const { stdout, stderr } = await gatehouse.run(['doctor'], environment);
    expect(stdout).toMatch(/^ok +Redis: localhost:\d+\/0$/m);
    expect(stdout + stderr).not.toContain('heron');
  });
});
