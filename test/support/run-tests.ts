import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { findChromium } from './browser.ts';
import { natsServer } from './nats-server.ts';
import { postgresBinaries } from './postgres-cluster.ts';
import { redisServer } from './redis-server.ts';
import { describeRun } from './test-summary.ts';
import { allWorkers } from './workers.ts';

// `npm test`: runs the scripts of the tests by wireit, which leaves out those whose inputs have not changed since they
// passed, and prints the closing summary of all. Two scripts run at a time, each with half of the workers: no core waits
// for the last test of one. With CI=true all tests run in one script.

const repository = fileURLToPath(new URL('../..', import.meta.url));
const { CI, CHROMIUM_PATH, TEST_DATABASE_URL, WHOLE_SAMPLES } = process.env;

/**
 * What tests depend on beside files. With CI=true it differs in each run, so that all scripts run. It can contain a
 * password, so wireit stores its hash.
 */
const inputs = {
  run: CI === 'true' ? Date.now() : undefined,
  settings: { CHROMIUM_PATH, TEST_DATABASE_URL, WHOLE_SAMPLES },
  programs: [findChromium(CHROMIUM_PATH), natsServer, postgresBinaries, redisServer],
};

const manifestSchema = z.object({
  wireit: z.object({ 'test:all': z.object({ dependencies: z.array(z.string()) }) }),
});
const summarySchema = z.object({
  endedAtMs: z.number(),
  passed: z.number(),
  failed: z.number(),
  failures: z.array(z.string()),
  skipped: z.record(z.string(), z.number()),
});

const readJson = (path: string): unknown =>
  JSON.parse(readFileSync(join(repository, path), 'utf8'));

function readSummary(script: string) {
  const path = `reports/tests/${script.replace('test:', '')}.json`;
  if (!existsSync(join(repository, path))) return undefined;
  return summarySchema.parse(readJson(path));
}

/** With `--repeats`, what only repeats the promises runs afterwards. */
const hasRepeats = process.argv.includes('--repeats');
const main = CI === 'true' ? 'test:whole' : 'test:all';

/** How scripts run beside each other. A worker belongs to one script, and loads all modules. */
const scriptsAtOnce = 2;
const besideEachOther = {
  WIREIT_PARALLEL: process.env.WIREIT_PARALLEL ?? `${scriptsAtOnce}`,
  TEST_WORKERS: `${Math.ceil(allWorkers / scriptsAtOnce)}`,
};

function runScript(name: string): number {
  const { status } = spawnSync('npm', ['run', '--silent', name], {
    cwd: repository,
    stdio: 'inherit',
    env: {
      ...process.env,
      TEST_INPUTS: createHash('sha256').update(JSON.stringify(inputs)).digest('hex'),
      WIREIT_FAILURES: 'continue',
      WIREIT_LOGGER: 'simple',
      ...(name === 'test:all' ? besideEachOther : {}),
    },
  });
  return status ?? 1;
}

const startedAtMs = Date.now();
const statuses = [main, ...(hasRepeats ? ['test:repeats'] : [])].map(runScript);
const status = Math.max(...statuses);
const { wireit } = manifestSchema.parse(readJson('package.json'));
const names = [
  ...(main === 'test:whole' ? [main] : wireit['test:all'].dependencies),
  ...(hasRepeats ? ['test:repeats'] : []),
];
const scripts = names.map((name) => ({
  name,
  summary: readSummary(name),
}));
const failed = scripts.filter(({ summary }) => summary === undefined || summary.failed > 0);
// What the scripts need could not be made, and none of them has run.
const unstarted =
  status !== 0 && failed.length === 0 ? [{ name: 'test:inputs', summary: undefined }] : [];
process.stdout.write(describeRun([...unstarted, ...scripts], startedAtMs));
process.exitCode = status;
