import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { CliContext } from './command.ts';
import { UsageError } from './usage-error.ts';

/** Where a new password comes from. Never from the words of a command: others can read those. */
export interface PasswordChoice {
  readonly passwordStdin?: true;
  readonly generatePassword?: true;
}

/** No password is longer than this, with whatever else may be sent. */
const maxInputBytes = 4096;

/**
 * The new password: from standard input, or typed twice without being shown; undefined: one is to be
 * made.
 *
 * @throws {UsageError} when it is not clear where it comes from.
 */
export async function readPassword(
  { input, prompts }: Pick<CliContext, 'input' | 'prompts'>,
  { passwordStdin, generatePassword }: PasswordChoice,
): Promise<string | undefined> {
  if (passwordStdin === true && generatePassword === true) {
    throw new UsageError('Use either --password-stdin or --generate-password, not both.');
  }
  if (generatePassword === true) return undefined;
  if (passwordStdin === true) return readLine(input);
  if (input.isTTY === true) return askTwice(input, prompts);
  throw new UsageError(
    'No terminal available to prompt for the password: use --password-stdin or --generate-password.',
  );
}

/** Reads all input, without the line break at its end. */
async function readLine(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > maxInputBytes) throw new Error('Standard input is too long for a password.');
    chunks.push(part);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

async function askTwice(
  input: NodeJS.ReadableStream,
  prompts: NodeJS.WritableStream,
): Promise<string> {
  // The terminal's own echo is off while lines are read with editing; what readline shows goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  const cancelled = new AbortController();
  lines.once('SIGINT', () => cancelled.abort());
  lines.once('close', () => cancelled.abort());
  const ask = async (prompt: string): Promise<string> => {
    prompts.write(prompt);
    try {
      return await lines.question('', { signal: cancelled.signal });
    } finally {
      prompts.write('\n');
    }
  };
  try {
    const password = await ask('Password: ');
    if (password !== (await ask('Repeat password: ')))
      throw new Error('The passwords do not match.');
    return password;
  } catch (error) {
    throw cancelled.signal.aborted ? new Error('Cancelled.', { cause: error }) : error;
  } finally {
    lines.close();
  }
}
