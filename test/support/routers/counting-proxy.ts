import { createServer, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { listenLocally } from '../listen-locally.ts';

/** A proxy that counts what reaches a server behind it. */
export interface CountingProxy {
  readonly url: string;
  /** Requests with an operation, and WebSockets. */
  count(): number;
  stop(): Promise<void>;
}

/** Puts a proxy before the server of a URL. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port, pathname } = new URL(target);
  let count = 0;
  const upstream = { host: hostname, port: Number(port) };
  const server = createServer((downstream, response) => {
    count += 1;
    const { method, url: path, headers } = downstream;
    const sent = request({ ...upstream, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on('error', (error) => response.destroy(error));
    downstream.pipe(sent);
  });
  server.on('upgrade', (opening: IncomingMessage, socket, head: Buffer) => {
    count += 1;
    const other = connect(upstream.port, upstream.host);
    const names = opening.rawHeaders.filter((_, index) => index % 2 === 0);
    const values = opening.rawHeaders.filter((_, index) => index % 2 === 1);
    const lines = names.map((name, index) => `${name}: ${values[index]}\r\n`);
    other.write(`GET ${opening.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
    other.write(head);
    for (const each of [socket, other]) {
      each.on('error', () => {});
      each.on('close', () => {
        socket.destroy();
        other.destroy();
      });
    }
    socket.pipe(other).pipe(socket);
  });
  const { port: own, stop } = await listenLocally(server);
  return { url: `http://127.0.0.1:${own}${pathname}`, count: () => count, stop };
}
