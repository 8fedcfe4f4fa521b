import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GatehousePackage } from '../../../src/index.ts';
import { packagesOf } from '../../../src/schema/packages/packages.ts';
import { projectWith } from '../../support/package-server.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

let server: TestServer;
let root: string;

const files = {
  'secret.txt': 'outside',
  'pages/index.html': '<!doctype html><title>Board</title><script src="assets/app.js"></script>',
  'pages/assets/app.js': 'export {};',
  'pages/robots.txt': 'User-agent: *',
  'pages/.env': 'SECRET=1',
  'pages/.hidden/file.txt': 'hidden',
  'pages/assets/.map': 'hidden',
};

const board = (folder: string, path = '/board'): GatehousePackage => ({
  name: 'board',
  pages: [{ path, folder }],
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-pages-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), text);
  }
  server = await startTestServer({ project: projectWith([board(join(root, 'pages'))]) });
});
afterAll(async () => {
  await server.stop();
  await rm(root, { recursive: true });
});

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const get = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${server.url}${path}`, { redirect: 'manual', ...init });
  const { status, headers } = response;
  return { status, headers, text: await response.text() };
};

/** A request that no client has normalized. */
const request = (method: string, path: string, header = 'Accept: */*') =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${header}\r\nConnection: close\r\n\r\n`;

it.each([
  { path: '/board/', cache: 'no-cache', type: 'text/html', text: files['pages/index.html'] },
  { path: '/board/index.html', cache: 'no-cache', type: 'text/html' },
  { path: '/board/robots.txt', cache: 'no-cache', type: 'text/plain' },
  {
    path: '/board/assets/app.js',
    cache: 'public, max-age=31536000, immutable',
    type: 'javascript',
  },
])(
  'serves $path with the strict policy, and caches it by $cache',
  async ({ path, ...expected }) => {
    const { status, headers, text } = await get(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain(expected.type);
    expect(headers.get('content-security-policy')).toBe(policy);
    expect(headers.get('cache-control')).toBe(expected.cache);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    if (expected.text !== undefined) expect(text).toBe(expected.text);

    const head = await get(path, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('content-security-policy')).toBe(policy);
    expect(head.headers.get('content-length')).toBe(headers.get('content-length'));
  },
);

it('keeps the policy of a page that a browser has in its cache', async () => {
  const first = await get('/board/');
  // `fetch` would ask for a fresh answer.
  const again = await sendRaw(
    server.url,
    request('GET', '/board/', `If-None-Match: ${first.headers.get('etag')}`),
  );
  expect(again.status).toBe(304);
  expect(again.headers).toMatchObject({
    'content-security-policy': policy,
    'cache-control': 'no-cache',
  });
});

it.each(['GET', 'HEAD'])(
  'leads %s from the path to its folder, under any prefix of a proxy',
  async (method) => {
    const { status, headers } = await get('/board?from=mail', { method });
    expect([status, headers.get('location')]).toEqual([302, 'board/']);
  },
);

it.each([
  '/board/unknown.html',
  '/board/assets',
  '/board/assets/',
  '/board/.env',
  '/board/.hidden/file.txt',
  '/board/assets/.map',
  '/board/%2eenv',
  '/board/index.html/',
  '/Board/',
])('answers %s as every unknown path, without caching', async (path) => {
  const { status, headers, text } = await get(path);
  expect(status).toBe(404);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
});

it.each([
  '/board/../secret.txt',
  '/board/..%2fsecret.txt',
  '/board/%2e%2e/secret.txt',
  '/board/assets/../../secret.txt',
  '/board/assets%2f..%2f..%2fsecret.txt',
  '/board/..%5csecret.txt',
  '/board//etc/passwd',
  '/board/%00',
])('serves nothing outside the folder for %s', async (path) => {
  const { status, text } = await sendRaw(server.url, request('GET', path));
  expect([400, 403, 404]).toContain(status);
  expect(text).not.toMatch(/outside|root:/);
});

it.each(['POST', 'PUT', 'DELETE'])('changes nothing for %s', async (method) => {
  const { status } = await get('/board/index.html', { method });
  expect([404, 405, 415]).toContain(status);
});

it.each([
  '/graphql',
  '/health',
  '/.well-known',
  '/',
  'board',
  '/a/b',
  '/Board',
  '/board/',
  '/a:id',
  '/*',
])('refuses a package with pages at %s', (path) => {
  expect(() => packagesOf({ packages: [board(root, path)] })).toThrow(
    `board: the path ${path} of its pages: a path is a slash and one name`,
  );
});

it('refuses two packages with pages at one path', () => {
  const packages = [board(root), { ...board(root), name: 'other' }];
  expect(() => packagesOf({ packages })).toThrow(
    'the path /board: more than one package has it (board, other)',
  );
});

it('does not start with a folder that has no page', async () => {
  const project = projectWith([board(root)]);
  await expect(startTestServer({ project })).rejects.toThrow(
    `The pages at /board cannot be served: ${root} has no index.html.`,
  );
});
