import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type RequestListener, request } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type LocalServer, listenLocally } from './listen-locally.ts';

const run = promisify(execFile);

export const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;

/** Starts a proxy that ends TLS, with a certificate that no browser trusts, in front of a server (`TRUST_PROXY`). */
export const startTlsProxy = async (serverUrl: string): Promise<LocalServer> =>
  listenLocally(createServer(await createCertificate(), forwardTo(serverUrl)));

/** A certificate of `localhost`, or of other names, such as `IP:127.0.0.1`, that only a client with a copy of it trusts. */
export async function createCertificate(names = 'DNS:localhost') {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-tls-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const words = [
    'req',
    '-x509',
    '-nodes',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-subj',
    '/CN=localhost',
    '-addext',
    `subjectAltName=${names}`,
    '-days',
    '1',
    '-keyout',
    keyFile,
    '-out',
    certFile,
  ];
  await run('openssl', words);
  const certificate = { key: await readFile(keyFile), cert: await readFile(certFile) };
  await rm(folder, { recursive: true });
  return certificate;
}

const forwardTo =
  (serverUrl: string): RequestListener =>
  (incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    const forwarded = request(new URL(url, serverUrl), {
      method,
      headers: { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' },
    });
    forwarded.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  };
