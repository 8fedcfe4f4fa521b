import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type PasswordChoice, readPassword } from '../../src/cli/password-source.ts';
import { repository } from '../support/process.ts';

/** Reads a password from a standard input that is no terminal. Records the questions. */
async function read(choice: PasswordChoice, input: readonly (string | Buffer)[] = []) {
  const stdin = new PassThrough();
  for (const part of input) stdin.write(part);
  stdin.end();
  const prompts = new PassThrough();
  const password = await readPassword({ input: stdin, prompts }, choice);
  return { password, asked: String(prompts.read() ?? '') };
}

describe('a password from standard input', () => {
  it.each([
    { input: ['correct horse battery'], password: 'correct horse battery' },
    { input: ['correct horse battery\n'], password: 'correct horse battery' },
    { input: ['correct horse battery\r\n'], password: 'correct horse battery' },
    { input: ['  spaces count \n\n'], password: '  spaces count \n' },
    { input: ['correct ', 'horse'], password: 'correct horse' },
    { input: [Buffer.from([0xc3]), Buffer.from([0xa9])], password: 'é' },
    { input: [], password: '' },
  ])('is $password, from $input', async ({ input, password }) => {
    expect(await read({ passwordStdin: true }, input)).toEqual({ password, asked: '' });
  });

  it('is not read without an end', async () => {
    const reading = read({ passwordStdin: true }, ['x'.repeat(4097)]);
    await expect(reading).rejects.toThrow('too long');
  });
});

describe('where a password comes from', () => {
  it('is nowhere, when one is to be made', async () => {
    expect(await read({ generatePassword: true }, ['typed'])).toEqual({
      password: undefined,
      asked: '',
    });
  });

  it('must be clear', async () => {
    await expect(read({})).rejects.toThrow('No terminal available');
    const both = read({ passwordStdin: true, generatePassword: true });
    await expect(both).rejects.toThrow('Use either');
  });
});

/** Types into a terminal, an answer at each prompt, and gives all that the terminal showed. */
async function type(...answers: readonly string[]): Promise<string> {
  const program = `
    const { readPassword } = await import(${JSON.stringify(`${repository}src/cli/password-source.ts`)});
    try {
      const password = await readPassword({ input: process.stdin, prompts: process.stderr }, {});
      process.stdout.write('LENGTH ' + password.length + '\\n');
    } catch (error) {
      process.stdout.write(error.message + '\\n');
    }
    process.exit();`;
  const command = `'${process.execPath}' --import tsx --input-type=module --eval "$PROGRAM"`;
  const terminal = spawn('script', ['--quiet', '--command', command, '/dev/null'], {
    cwd: repository,
    env: { PATH: process.env.PATH, PROGRAM: program, SHELL: '/bin/sh' },
  });
  const left = [...answers];
  let shown = '';
  for await (const chunk of terminal.stdout) {
    shown += String(chunk);
    const prompts = shown.match(/Password: |Repeat password: /g)?.length ?? 0;
    if (prompts > answers.length - left.length) terminal.stdin.write(left.shift() ?? '');
  }
  return shown;
}

describe.skipIf(!existsSync('/usr/bin/script'))('a password that is typed', () => {
  it('is asked for twice, and never shown', async () => {
    const shown = await type('correct horse\r', 'correct horse\r');
    expect(shown).toContain('LENGTH 13');
    expect(shown).not.toContain('horse');
  });

  it('must be the same one twice', async () => {
    const shown = await type('correct horse\r', 'correct house\r');
    expect(shown).toContain('The passwords do not match.');
    expect(shown).not.toMatch(/horse|house/);
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('can be given up with %s', async (_name, key) => {
    expect(await type(key)).toContain('Cancelled.');
  });
});
