import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();

/** Settings that no server could start with. */
const wrong = { PORT: 'http' };

describe('help', () => {
  it.each([
    ['--help', ['serve', 'migrate', 'seed']],
    ['serve --help', ['serve', 'SIGTERM']],
    ['migrate --help', ['--status', '--create <name>']],
    ['seed --help', ['seed', 'rooms']],
  ])('is given by `gatehouse %s`, whatever the settings', async (line, names) => {
    const { code, stdout, stderr } = await gatehouse.run(line.split(' '), wrong);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of names) expect(stdout).toContain(name);
    expect(existsSync(gatehouse.dataDir())).toBe(false);
  });
});

describe('a command that is not there', () => {
  it.each([['serv'], ['--port 4000'], ['migrate --force'], ['migrate --create'], ['seed now']])(
    'ends with code 1, a message and nothing done: `gatehouse %s`',
    async (line) => {
      const { code, stdout, stderr } = await gatehouse.run(line.split(' '), wrong);
      expect(stderr).toMatch(/^error: /);
      expect([code, stdout]).toEqual([1, '']);
      expect(existsSync(gatehouse.dataDir())).toBe(false);
    },
  );
});
