import { existsSync } from 'node:fs';
import { runCli } from './cli/cli.ts';

/** Settings for development; variables that are set already win. */
const settingsFile = '.env';

if (existsSync(settingsFile)) process.loadEnvFile(settingsFile);

try {
  await runCli({
    words: process.argv.slice(2),
    environment: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
    logDestination: process.stderr,
    onTerminate: (stop) => {
      // `on`, not `once`: npm passes the signal on, so that it can come twice.
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
    },
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
