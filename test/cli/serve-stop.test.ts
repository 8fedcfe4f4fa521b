import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { logIn } from '../support/log-in.ts';
import { type ServingProcess, useGatehouse } from '../support/process.ts';
import { isWhole } from '../support/sample.ts';

const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

const login = JSON.stringify({
  query: `mutation { login(username: "admin", password: "${password}") { accessToken } }`,
});

/** Starts a request, and waits until the server has its head and asks for the body. */
async function begin(server: Pick<ServingProcess, 'url'>): Promise<ClientRequest> {
  const headers = { 'content-type': 'application/json', expect: '100-continue' };
  const begun = request(`${server.url}/graphql`, { method: 'POST', headers });
  begun.on('error', () => {}); // when the server is killed after a test that failed
  begun.flushHeaders();
  await once(begun, 'continue');
  return begun;
}

/** Sends the body of a request, and waits for the answer. */
async function finish(begun: ClientRequest, body: string) {
  begun.end(body);
  const [response]: IncomingMessage[] = await once(begun, 'response');
  if (response === undefined) throw new Error('There is no answer.');
  return { status: response.statusCode, body: JSON.parse(await text(response)) };
}

/** What a load balancer sees when it asks: a status, or no answer. */
const readiness = (server: Pick<ServingProcess, 'url'>): Promise<number | 'no answer'> =>
  fetch(`${server.url}/health/ready`).then(
    ({ status }) => status,
    () => 'no answer',
  );

/** Lets a server have a stray rejection at SIGUSR2. */
const onSignal = "process.on('SIGUSR2', () => void Promise.reject(new Error('stray')))";
const straying = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(onSignal)}`,
};

describe('SIGTERM', () => {
  it('ends a server that has nothing to do, with code 0, also after an unhandled rejection', async () => {
    await gatehouse.prepareDataDir();
    const server = await gatehouse.serve({ ADMIN_PASSWORD: password, ...straying });
    server.kill('SIGUSR2');
    await server.waitForLine(/"msg":"unhandled promise rejection"/);
    expect(await readiness(server)).toBe(200);
    await logIn(server.url, 'admin', password); // leaves an open connection that is idle
    const { code, signal, stderr } = await server.stop();
    expect([code, signal]).toEqual([0, null]);
    expect(stderr).toContain('"reason":"SIGTERM","msg":"stopping"');
    expect(stderr.trimEnd().split('\n').at(-1)).toContain('"msg":"stopped"');
  });

  it('is visible to the proxy at once, while requests are still served for DRAIN_SECONDS, and one under way is answered after that', async () => {
    await gatehouse.prepareDataDir();
    const server = await gatehouse.serveHere({ ADMIN_PASSWORD: password, DRAIN_SECONDS: '3' });
    const begun = await begin(server);
    const stopped = server.stop();
    await server.waitForLine(/"msg":"draining"/);
    expect(await readiness(server)).toBe(503);
    await logIn(server.url, 'admin', password);
    await expect.poll(() => readiness(server)).toBe('no answer');
    expect(await finish(begun, login)).toMatchObject({
      status: 200,
      body: { data: { login: { accessToken: expect.stringMatching(/^ey/) } } },
    });
    expect(await stopped).toMatchObject({ code: 0 });
  });

  it.runIf(isWhole)(
    'ends a server at STOP_SECONDS that has not stopped by then, and the log says so',
    async () => {
      await gatehouse.prepareDataDir();
      const server = await gatehouse.serve({ ADMIN_PASSWORD: password, STOP_SECONDS: '1' });
      await begin(server);
      const { code, stderr } = await server.stop();
      expect(code).toBe(1);
      expect(stderr.trimEnd().split('\n').at(-1)).toContain('"msg":"shutdown deadline exceeded');
    },
  );

  it.runIf(isWhole)('is the same twice or with SIGINT as once', async () => {
    await gatehouse.prepareDataDir();
    const server = await gatehouse.serve({ ADMIN_PASSWORD: password });
    const begun = await begin(server);
    server.kill('SIGTERM');
    await server.waitForLine(/"msg":"draining"/);
    server.kill('SIGTERM');
    server.kill('SIGINT');
    expect(await finish(begun, login)).toMatchObject({ status: 200 });
    const { code, stderr } = await server.exited;
    expect(code).toBe(0);
    expect(stderr.match(/"msg":"draining"/g)).toHaveLength(1);
  });
});

it.runIf(isWhole)('SIGINT ends a server as SIGTERM does', async () => {
  await gatehouse.prepareDataDir();
  const server = await gatehouse.serve();
  server.kill('SIGINT');
  expect(await server.exited).toMatchObject({ code: 0, signal: null });
});

describe('SIGKILL', () => {
  // `npm run proof -- sigkill` kills many nodes, and test/database/embedded-folder.test.ts opens what a kill has left.
  it.runIf(isWhole)('loses nothing that was answered', async () => {
    await gatehouse.prepareDataDir();
    const killed = await gatehouse.serve({ ADMIN_PASSWORD: password });
    const admin = await logIn(killed.url, 'admin', password);
    const created = await ask(
      `${killed.url}/graphql`,
      `mutation { createUser(input: { username: "sam", password: "${password}", groups: [MANAGER] }) { id } }`,
      { token: admin.accessToken ?? '' },
    );
    expect(created.status).toBe(200);
    killed.kill('SIGKILL');
    expect(await killed.exited).toMatchObject({ signal: 'SIGKILL' });

    const server = await gatehouse.serveHere();
    expect(server.output().stdout).not.toContain('First user');
    expect(await logIn(server.url, 'sam', password)).toMatchObject({ groups: ['MANAGER'] });
    // The keys are the same too: a token of before still proves who its bearer is.
    const me = await ask(`${server.url}/graphql`, '{ me { username } }', {
      token: admin.accessToken ?? '',
    });
    expect(me.data).toEqual({ me: { username: 'admin' } });
  });
});
