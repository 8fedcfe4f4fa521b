import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';
import { z } from 'zod';
import { SlowFirst } from './test/support/slow-first.ts';
import { createSummaryReporter } from './test/support/summary-reporter.ts';
import { projectsOf } from './test/support/test-parts.ts';
import { allWorkers } from './test/support/workers.ts';
import { sourceAliases } from './vitest.aliases.ts';

/**
 * Where tests put their folders: in memory where there is room, since a database has hundreds of files. Docker gives
 * a container 64 MB there, which are too few.
 */
const memoryDisk = '/dev/shm';
const neededBytes = 2 ** 31;

function temporaryFolder(): string {
  if (!existsSync(memoryDisk)) return tmpdir();
  const { bavail, bsize } = statfsSync(memoryDisk);
  return bavail * bsize < neededBytes ? tmpdir() : memoryDisk;
}

const { TEST_PART, TEST_DATABASE_URL, TEST_WORKERS } = process.env;
/** `npm test` runs scripts beside each other, and gives each its share. */
const maxWorkers = Number(TEST_WORKERS ?? allWorkers);

/** What every project has; `globalSetup` stands below, since it is to run once and not for each. */
const shared = {
  resolve: { alias: [...sourceAliases] },
};
const common = {
  // On a busy machine, tests can take many times as long.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
  // One worker runs many files, and loads the modules once: a file starts a server and a database of
  // its own all the same, and no spy or variable of one test is met by the next.
  isolate: false,
  // For a worker's short life, optimising the database's WebAssembly and collecting garbage often cost a fifth more.
  execArgv: ['--liftoff-only', '--max-semi-space-size=64'],
  // Short lives: optimising the database's WebAssembly takes a third of a start, and is lost.
  provide: { engineFlags: ['--liftoff-only'] },
  restoreMocks: true,
  unstubEnvs: true,
  unstubGlobals: true,
  env: { TMPDIR: temporaryFolder() },
};

const part = z.enum(['promises', 'repeats']).optional().parse(TEST_PART);

export default defineConfig({
  test: {
    maxWorkers,
    // The scripts of `npm test`, and later runs, do not transform the same modules again.
    experimental: { fsModuleCache: true },
    sequence: { sequencer: SlowFirst },
    globalSetup: ['test/support/global-setup.ts'],
    reporters: [
      'default',
      ...(process.env.GITHUB_ACTIONS === undefined ? [] : (['github-actions'] as const)),
      createSummaryReporter(process.env.TEST_SUMMARY),
    ],
    projects: projectsOf(part, TEST_DATABASE_URL !== undefined).map(
      ({ databaseKind, include, exclude, name }) => ({
        ...shared,
        test: {
          ...common,
          name,
          include: [...include],
          exclude: [...exclude],
          env: {
            ...common.env,
            ...(databaseKind === undefined ? {} : { TEST_DATABASE_KIND: databaseKind }),
          },
        },
      }),
    ),
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'packages/*/src/**/*.ts'],
      exclude: ['src/**/generated/**'],
      thresholds: {
        'packages/authorization/src/**': { branches: 100 },
        'src/authentication/**': { branches: 100 },
      },
    },
  },
});
