import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { useGatehouse } from './support/process.ts';

const gatehouse = useGatehouse();
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** A block of commands of the tour, as it is pasted, and what it prints. */
interface Step {
  readonly command: string;
  readonly output: string;
}

/** The blocks of commands between the marks of the tour, each with the block of output below it. */
function readTour(): readonly Step[] {
  const [, tour = ''] = /<!-- tour -->(.*)<!-- \/tour -->/s.exec(readme) ?? [];
  const step = /^```sh\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?/gms;
  return [...tour.matchAll(step)].map(([, command = '', output = '']) => ({
    command: command.trim(),
    output: output.trim(),
  }));
}

/** Types the commands into one bash, in an empty folder. What each prints, errors included. */
async function runInBash(commands: readonly string[], folder: string): Promise<readonly string[]> {
  const mark = '--- the command has ended';
  const script = commands.map((command) => `${command}\necho; echo '${mark}'\n`).join('');
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const bash = spawn('bash', ['--norc', '-c', `exec 2>&1\n${script}`], {
    cwd: folder,
    env: { PATH: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = await text(bash.stdout);
  return printed
    .split(`${mark}\n`)
    .slice(0, -1)
    .map((output) => output.trim());
}

/** Puts a name in the place of what differs from run to run. */
const masked = (output: string): string =>
  output
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<uuid>')
    .replaceAll(/\bey[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replaceAll(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<time>');

const isInstalled = (program: string) => spawnSync(program, ['--version']).status === 0;

describe('the tour of the README', () => {
  it('prints what stands there when it is typed as it stands there', async ({ skip }) => {
    skip(!['bash', 'curl'].every(isInstalled), 'bash or curl is not installed');
    const steps = readTour();
    expect(steps.length).toBeGreaterThanOrEqual(10);
    const [, password = ''] = /ADMIN_PASSWORD=(\S+) npm start/.exec(readme) ?? [];

    await gatehouse.prepareDataDir();
    const server = await gatehouse.serve({ ADMIN_PASSWORD: password });
    const address = new URL(server.url).host;
    const commands = steps.map(({ command }) => command.replaceAll('127.0.0.1:4000', address));
    const printed = await runInBash(commands, gatehouse.folder());
    const real = printed.map((output) => output.replaceAll(address, '127.0.0.1:4000'));
    expect(steps.map((step, index) => ({ ...step, output: masked(real[index] ?? '') }))).toEqual(
      steps.map((step) => ({ ...step, output: masked(step.output) })),
    );
  });
});
