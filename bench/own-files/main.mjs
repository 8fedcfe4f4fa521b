/**
 * Which files of the product run in one warm `me`, by `npm run bench -- own-files`: the built server with the demo, one
 * request after 40 others.
 *
 *   --list      print the files
 *   --quick     the same
 */

import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nextMessage } from '../child.mjs';
import { recordFigure } from '../record-figure.mjs';
import { addressOf, ask, logIn, rooms } from '../server.mjs';

const { values } = parseArgs({
  options: {
    list: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const password = 'violet-otter-ladder-93-quay';
const before = 40;

const folder = await mkdtemp(join(tmpdir(), 'gatehouse-own-files-'));
const server = fork(join(root, 'dist', 'main.js'), ['--project', rooms, 'start'], {
  execArgv: ['--import', new URL('coverage.mjs', import.meta.url).href],
  env: {
    ...process.env,
    NODE_ENV: 'test',
    PORT: '0',
    DATA_DIR: folder,
    ADMIN_PASSWORD: password,
    ACCESS_COUNTS: 'off',
    LOG_LEVEL: 'info',
  },
  stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
});
try {
  const url = await addressOf(server);
  const token = await logIn(url, 'admin', password);
  const askMe = () => ask(url, { query: '{ me { id username displayName } }', token });
  for (let count = 0; count < before; count += 1) await askMe();
  await filesSinceLast();
  await askMe();
  const files = (await filesSinceLast())
    .filter((each) => each.startsWith('file:'))
    .map((each) => relative(root, fileURLToPath(each)))
    .filter((path) => !path.startsWith('..') && !path.includes('node_modules'))
    .filter((path) => !path.startsWith('bench'))
    .sort();
  process.stdout.write(`own files in a warm \`me\`: ${files.length}\n`);
  recordFigure('own-files.files', files.length);
  if (values.list) for (const file of files) process.stdout.write(`  ${file}\n`);
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}

async function filesSinceLast() {
  const answer = nextMessage(server, Array.isArray);
  server.send('take');
  return answer;
}
