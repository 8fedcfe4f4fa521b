import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../src/cli/cli.ts';
import { createTranscript, type Output, type Transcript } from './transcript.ts';

/** How a command ended, and what it wrote. */
export interface CommandExit extends Output {
  readonly code: number;
}

/** What a command finds: settings, and its standard input, which is no terminal. */
export interface CommandSurroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Whether standard error is a terminal. Default: it is not. */
  readonly isTerminal?: boolean;
}

/** A command that runs in this process. */
export interface RunningCommand extends Pick<Transcript, 'output' | 'waitForLine'> {
  readonly exited: Promise<CommandExit>;
  /** Does what SIGTERM does to a process. */
  terminate(): void;
}

/** The demo, which commands work on in tests. */
const project = ['--project', fileURLToPath(new URL('../../examples/rooms', import.meta.url))];

/** Runs a command in this process to its end. A new process would need a second of processor time more. */
export const runCommand = (
  words: readonly string[],
  surroundings: CommandSurroundings,
): Promise<CommandExit> => startCommand(words, surroundings).exited;

/** Starts a command in this process as `main.ts` does in its own. */
export function startCommand(
  words: readonly string[],
  { environment, input = '', isTerminal = false }: CommandSurroundings,
): RunningCommand {
  const transcript = createTranscript();
  const stdin = new PassThrough();
  stdin.end(input);
  const prompts = Object.assign(new PassThrough(), { isTTY: isTerminal });
  prompts.setEncoding('utf8').on('data', (text: string) => transcript.add('stderr', text));
  const output = new PassThrough();
  output.setEncoding('utf8').on('data', (text: string) => transcript.add('stdout', text));
  const stops: ((reason: string) => void)[] = [];
  const running = runCli({
    words: [...project, ...words],
    environment,
    print: (line) => transcript.add('stdout', `${line}\n`),
    logDestination: prompts,
    onTerminate: (stop) => stops.push(stop),
    onStrayRejection: () => {},
    input: stdin,
    output,
    prompts,
  });
  const exited = running.then(async (code) => {
    for (const stream of [output, prompts]) await new Promise((resolve) => stream.end(resolve));
    transcript.end(String(code));
    return { code, ...transcript.output() };
  });
  return {
    ...transcript,
    exited,
    terminate() {
      for (const stop of stops) stop('SIGTERM');
    },
  };
}
