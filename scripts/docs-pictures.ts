// `npm run docs:pictures`: takes the pictures of the documents from the demo, and writes the commit that they show.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { root } from './release/packages.ts';

const folder = join(root, 'docs/pictures');
/** So that a page of the site stays light. */
const maxBytes = 100_000;
const data = mkdtempSync(join(tmpdir(), 'gatehouse-pictures-'));
const demo = ['dist/main.js', '--project', 'examples/rooms'];
const env = { ...process.env, LOG_LEVEL: 'error', PORT: '0', DATA_DIR: join(data, 'db') };
const running: ChildProcess[] = [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
});
const seeded = execFileSync(process.execPath, [...demo, 'seed'], {
  cwd: root,
  env: { ...env, ADMIN_PASSWORD: 'violet-otter-ladder-93-quay' },
  encoding: 'utf8',
});
try {
  const api = await serve([...demo, 'start'], env);
  await build({ root: join(root, 'examples/web'), logLevel: 'silent' });
  const rooms = await serve(['examples/web/serve.mjs'], { ...env, API_URL: api });

  mkdirSync(folder, { recursive: true });
  await take('console-matrix', `${api}/console/#/access/matrix`, 'demo-admin', 'How to read this');
  await take('queries', `${api}/graphql`, 'demo-manager', 'Add new');
  await take('example-rooms', rooms, 'demo-manager', 'Archive');
  const commit = git('log', '-1', '--format=%H %cs');
  writeFileSync(join(folder, 'commit.txt'), `${commit}\n`);
} finally {
  await browser.close();
  for (const child of running) {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
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
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

/** Starts a server, and returns the address that it prints, on the host for which cookies and passkeys are. */
function serve(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const [address] = /http:\/\/127\.0\.0\.1:\d+(?=\D)/.exec(printed) ?? [];
      if (address !== undefined) resolve(address.replace('127.0.0.1', 'localhost'));
    });
    child.once('exit', () => reject(new Error(`${args.join(' ')} has ended without an address.`)));
  });
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}
