import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { build, repository } from '../support/process.ts';
import { runCommand } from '../support/run-cli.ts';

const environment = {
  PORT: '8080',
  DATABASE_URL:
    'postgresql://gatehouse:heron-secret-71@db.example.com:5432/gatehouse?password=heron-secret-72',
  ADMIN_PASSWORD: 'heron-secret-73',
};

it('prints every setting, its value, its source and its meaning, and no secret', async () => {
  const { code, stdout } = await runCommand(['config', '--json'], { environment });
  expect(code).toBe(0);
  const { settings, problems } = JSON.parse(stdout);
  const reported = (name: string) => settings.find((each: { name: string }) => each.name === name);
  expect(problems).toEqual([]);
  expect(reported('PORT')).toEqual({
    name: 'PORT',
    value: '8080',
    source: 'environment',
    meaning: expect.stringContaining('port'),
  });
  expect(reported('HOST')).toMatchObject({ value: '127.0.0.1', source: 'default' });
  expect(reported('DATABASE_URL').value).toBe('postgresql://db.example.com:5432/gatehouse');
  expect(reported('ADMIN_PASSWORD').value).toBe('[set]');
  expect(stdout).not.toContain('heron-secret');
});

it('shows them to a person, each with its meaning below it', async () => {
  const { code, stdout } = await runCommand(['config'], { environment });
  expect(code).toBe(0);
  expect(stdout).toContain('PORT=8080   (environment)\n    The port');
  expect(stdout).toContain('ADMIN_USERNAME=admin   (default)\n');
  expect(stdout).not.toContain('heron-secret');
});

it('names variables that were probably meant as settings, and not their values', async () => {
  const misspelt = { DATABASE_URI: 'postgresql://u:heron@db/x', MAX_SOCKET: '7' };
  const { stdout } = await runCommand(['config'], { environment: misspelt });
  expect(stdout).toContain('DATABASE_URI is not a setting: did you mean DATABASE_URL?');
  expect(stdout).toContain('MAX_SOCKET is not a setting: did you mean MAX_SOCKETS?');
  const { stdout: json } = await runCommand(['config', '--json'], { environment: misspelt });
  expect(JSON.parse(json).misspelled).toEqual([
    { name: 'DATABASE_URI', meant: 'DATABASE_URL' },
    { name: 'MAX_SOCKET', meant: 'MAX_SOCKETS' },
  ]);
  expect(stdout + json).not.toContain('heron');
});

it('fails when a setting cannot be used, says which, and repeats no value', async () => {
  const wrong = { PORT: 'heron', DATABASE_URL: 'mysql://u:heron@db/x' };
  const { code, stdout, stderr } = await runCommand(['config', '--json'], { environment: wrong });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).problems).toEqual([
    'PORT must be a whole number',
    'DATABASE_URL must begin with postgresql://',
  ]);
  expect(stdout + stderr).not.toContain('heron');
});

it('writes the file .env.example', async () => {
  const { stdout } = await runCommand(['config', '--example'], { environment });
  expect(stdout).toBe(readFileSync(new URL('../../.env.example', import.meta.url), 'utf8'));
});

it('ends in order when the reader of its output exits', async () => {
  build();
  const child = spawn(process.execPath, [join(repository, 'dist/main.js'), 'config'], {
    cwd: repository,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ said, code }).toEqual({ said: '', code: 0 });
});
