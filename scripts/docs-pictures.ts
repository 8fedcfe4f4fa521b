// `npm run docs:pictures`: takes the pictures of the documents from the demo, and writes the commit that they show.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { root } from './release/packages.ts';

const folder = join(root, 'docs/pictures');
/** So that a page of the site stays light. */
const maxBytes = 100_000;
const data = mkdtempSync(join(tmpdir(), 'gatehouse-pictures-'));
const port = await freePort();
const api = `http://localhost:${port}`;
const project = ['dist/main.js', '--project', 'examples/rooms'];
const env = { ...process.env, PORT: `${port}`, DATA_DIR: join(data, 'db') };
const seeded = execFileSync(process.execPath, [...project, 'seed'], {
  cwd: root,
  env: { ...env, ADMIN_PASSWORD: 'violet-otter-ladder-93-quay' },
  encoding: 'utf8',
});
const server = spawn(process.execPath, [...project, 'start'], { cwd: root, env, stdio: 'ignore' });
await build({ root: join(root, 'examples/web'), logLevel: 'silent' });
const pagesPort = await freePort();
const rooms = `http://localhost:${pagesPort}`;
const pages = spawn(process.execPath, ['examples/web/serve.mjs'], {
  cwd: root,
  env: { ...process.env, API_URL: api, PORT: `${pagesPort}` },
  stdio: 'ignore',
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
});
try {
  await reach(`${api}/health/ready`);
  await reach(rooms);

  mkdirSync(folder, { recursive: true });
  await take('console-matrix', `${api}/console/#/access/matrix`, 'demo-admin', 'How to read this');
  await take('queries', `${api}/graphql`, 'demo-manager', 'Add new');
  await take('example-rooms', rooms, 'demo-manager', 'Archive');
  const commit = git('log', '-1', '--format=%H %cs');
  writeFileSync(join(folder, 'commit.txt'), `${commit}\n`);
} finally {
  await browser.close();
  for (const child of [pages, server]) {
    child.kill();
    await once(child, 'exit');
  }
  rmSync(data, { recursive: true });
}

/** Logs in on a page, and takes its picture when it has a text. @throws {Error} for a picture that is too large. */
async function take(name: string, url: string, username: string, text: string): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1040, height: 640 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url);
  await logIn(page, username);
  await page.getByText(text).first().waitFor();
  await page.waitForLoadState('networkidle');
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  await context.close();
  const { size } = statSync(path);
  if (size > maxBytes) throw new Error(`${path} has ${size} bytes, more than ${maxBytes}.`);
}

/** With the password that `seed` printed. */
async function logIn(page: Page, username: string): Promise<void> {
  const password = new RegExp(`${username} +(\\S+)`).exec(seeded)?.[1] ?? '';
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}

/** Waits until a server answers, for a minute at most. */
async function reach(url: string): Promise<void> {
  for (let second = 0; second < 60; second += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error(`${url} does not answer.`);
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}
