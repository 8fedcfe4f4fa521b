import { spawn, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { blocksOf, readPage } from '../support/documents.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();

/** A block of commands of the tour, as it is pasted, and what it prints. */
interface Step {
  readonly command: string;
  readonly output: string;
}

/** The blocks of commands between the marks of the tour, each with the block of output below it. */
function readTour(page: string): readonly Step[] {
  const [, tour = ''] = /<!-- tour -->(.*)<!-- \/tour -->/s.exec(page) ?? [];
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

/** The password with which a page says to start the demo. */
function passwordOf(page: string): string {
  const start = blocksOf(page).find(({ mark }) => mark === 'start');
  const [, password] = /\bADMIN_PASSWORD=(\S+) npm start$/m.exec(start?.text ?? '') ?? [];
  if (password === undefined) throw new Error('The page does not say how to start the demo.');
  return password;
}

describe.each(['README.md', 'docs/guides/tour.md'])('the tour of %s', (file) => {
  it('prints what the page says when it is typed as the page says', async ({ skip }) => {
    skip(!['bash', 'curl'].every(isInstalled), 'bash or curl is not installed');
    const page = readPage(file);
    const steps = readTour(page);
    expect(steps.length).toBeGreaterThanOrEqual(2);

    await gatehouse.prepareDataDir();
    const server = await gatehouse.serveHere({ ADMIN_PASSWORD: passwordOf(page) });
    const address = new URL(server.url).host;
    const commands = steps.map(({ command }) => command.replaceAll('127.0.0.1:4000', address));
    const printed = await runInBash(commands, gatehouse.folder());
    const real = printed.map((output) => output.replaceAll(address, '127.0.0.1:4000'));
    expect(steps.map((step, index) => ({ ...step, output: masked(real[index] ?? '') }))).toEqual(
      steps.map((step) => ({ ...step, output: masked(step.output) })),
    );
  });
});

it('the README has the two commands of a newcomer', () => {
  for (const command of ['npm ci && npm start', 'npm ci && npm test']) {
    expect(readPage('README.md')).toContain(command);
  }
});
