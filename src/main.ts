#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { runCli } from './cli/cli.ts';
import { onOrphaned } from './cli/on-orphaned.ts';
import { createLineBuffer } from './observability/line-buffer.ts';

/** Settings for development; variables that are set already win. */
const settingsFile = '.env';

if (existsSync(settingsFile)) process.loadEnvFile(settingsFile);

// Ignores EPIPE: the reader of stdout may have exited, for example `head` or a log collector.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const log = createLineBuffer(process.stderr);
process.on('exit', log.flushSync);

process.exitCode = await runCli({
  words: process.argv.slice(2),
  environment: process.env,
  print: (line) => {
    log.flushSync(); // what was logged before stands before it
    process.stdout.write(`${line}\n`);
  },
  logDestination: log,
  input: process.stdin,
  output: process.stdout,
  prompts: process.stderr,
  onTerminate: (stop) => {
    // `on`, not `once`: npm passes the signal on, so that it can come twice.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
    if (process.env.npm_lifecycle_event !== undefined) onOrphaned(stop);
  },
  onStrayRejection: (hear) => process.on('unhandledRejection', hear),
});

// All said first: an exit does not wait for a pipe. It is needed because the engine that writes migrations
// leaves a timer of 10 s behind, longer than an orchestrator waits.
log.flushSync();
for (const stream of [process.stdout, process.stderr]) {
  await new Promise((resolve) => stream.write('', resolve));
}
process.exit();
