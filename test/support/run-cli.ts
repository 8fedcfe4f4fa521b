import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../src/cli/cli.ts';

/** How a command ended, and all that it said. */
export interface CommandExit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command finds: settings, and what is typed into it, which is no terminal. */
export interface CommandSurroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** The demo, which commands work on in tests. */
const project = ['--project', fileURLToPath(new URL('../../examples/rooms', import.meta.url))];

/**
 * Runs a command in this process: the same as `main.ts` does, without the second or more that a new
 * process needs to start.
 */
export async function runCommand(
  words: readonly string[],
  { environment, input = '' }: CommandSurroundings,
): Promise<CommandExit> {
  const said = { stdout: '', stderr: '' };
  const stdin = new PassThrough();
  stdin.end(input);
  const prompts = new PassThrough();
  prompts.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  const code = await runCli({
    words: [...project, ...words],
    environment,
    print: (line) => {
      said.stdout += `${line}\n`;
    },
    logDestination: prompts,
    onTerminate: () => {},
    onStrayRejection: () => {},
    input: stdin,
    prompts,
  });
  await new Promise((resolve) => prompts.end(resolve));
  return { code, ...said };
}
