import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server in front of another one that repeats what was answered to the same question with the same
 * token for `lifetimeMs`: the fault that a check of histories must find.
 */
export async function startCachingProxy(target: string, lifetimeMs: number) {
  const answers = new Map<string, { readonly atMs: number; readonly answer: Promise<Response> }>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { authorization = '' } = request.headers;
    const ask = () =>
      fetch(`${target}${request.url}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
        body,
      });
    const key = `${authorization} ${body}`;
    const known = body.includes('mutation') ? undefined : answers.get(key);
    const isFresh = known !== undefined && Date.now() - known.atMs < lifetimeMs;
    const answer = isFresh ? known.answer : ask();
    if (!isFresh) answers.set(key, { atMs: Date.now(), answer });
    const found = (await answer).clone();
    response.writeHead(found.status, { 'content-type': 'application/json' });
    response.end(await found.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = addressOf(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address;
}
