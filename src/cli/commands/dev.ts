import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CliContext } from '../command.ts';

/** Files of a project beside those that its configuration imports: a change of any restarts the server. */
const watched = ['src/**/*.graphql', 'prisma/schema.prisma', 'prisma/migrations/**/*.sql', '.env'];

/** `dev`: runs `start --generate`, and again after each change of a file, until SIGTERM or SIGINT. */
export async function runDev(context: CliContext): Promise<void> {
  const directory = context.directory();
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  const program = fileURLToPath(new URL(`../../main${extname(import.meta.url)}`, import.meta.url));
  const watching = [
    'watch',
    '--clear-screen=false',
    '--exclude=src/generated/**',
    ...watched.map((each) => `--include=${each}`),
  ];
  const child = spawn(
    process.execPath,
    [tsx, ...watching, program, '--project', directory, 'start', '--generate'],
    { cwd: directory, env: { ...context.environment }, stdio: 'inherit' },
  );
  context.onTerminate(() => void child.kill('SIGTERM'));
  await once(child, 'exit');
}
