import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Environment } from './process.ts';

/** A command that ran, with the lines that warn. */
export interface RanCommand {
  readonly line: string;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/** A process that goes on, and says where it listens. */
export interface Serving {
  readonly url: string;
  /** Ends it, and what it has started. Resolves with its exit code; null when it was ended by a signal. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Runs command lines as a user types them, with one release of Node.js and of npm, and records each. */
export interface NodeShell {
  /** As `node --version` prints it. */
  readonly version: string;
  readonly commands: readonly RanCommand[];
  /** Runs a line to its end, and returns its output. @throws {Error} with the output, when it fails */
  run(line: string, folder: string, environment?: Environment): Promise<string>;
  /** Starts a line, and waits until a line of its output matches: the first group is where it listens. */
  serve(line: string, folder: string, options: ServeOptions): Promise<Serving>;
}

interface ServeOptions {
  readonly pattern: RegExp;
  readonly environment?: Environment;
}

/** The npm that comes with a Node.js: https://nodejs.org/dist/index.json */
const npmOfNode: Readonly<Record<string, string>> = { 20: '10', 22: '10', 24: '11' };

/**
 * Whether a line warns. Of npm's five lines on an unsupported engine, the one with the package; none on npm's
 * settings on this machine, which do not depend on the packages.
 */
const isWarning = (line: string) =>
  /\bwarn(ing)?\b|\bdeprecated\b/i.test(line) &&
  !/Unknown user config|EBADENGINE (?! *package:)/.test(line);

/**
 * Opens a shell.
 *
 * @param major of the Node.js to install in `folder`, from the package `node`, with the npm that comes with it;
 *   undefined takes those of this process.
 */
export async function openShell(folder: string, major?: string): Promise<NodeShell> {
  const { PATH = '', ...others } = surroundings();
  const own = createShell({ PATH, ...others });
  if (major === undefined) return { ...own, version: process.version };
  const npm = npmOfNode[major];
  if (npm === undefined) throw new Error(`Which npm comes with Node.js ${major}? Add it here.`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{}');
  await own.run(`npm install --no-audit --no-fund node@${major} npm@${npm}`, folder);
  const commands = join(folder, 'node_modules', '.bin');
  const shell = createShell({ PATH: `${commands}:${PATH}`, ...others });
  const version = (await shell.run('node --version', folder)).trim();
  if (!version.startsWith(`v${major}.`)) throw new Error(`Node.js ${major} is ${version}.`);
  shell.commands.pop();
  return { ...shell, version };
}

/** What a terminal of this machine has, without this process's settings: how npm reaches its registry, too. */
const surroundings = (): Environment =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      /^(PATH|HOME|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no)_proxy)$/i.test(name) && value
        ? [[name, value]]
        : [],
    ),
  );

function createShell(shared: Environment) {
  const commands: RanCommand[] = [];

  function start(line: string, cwd: string, environment: Environment = {}) {
    return spawn(line, {
      cwd,
      env: { ...shared, ...environment },
      shell: true,
      detached: true, // a group of its own: npm does not pass signals on
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function run(line: string, cwd: string, environment?: Environment): Promise<string> {
    const startedAt = performance.now();
    const child = start(line, cwd, environment);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    if (code !== 0) throw new Error(`${line}: exit code ${code}\n${stdout}${stderr}`);
    const warnings = `${stdout}\n${stderr}`.split('\n').filter(isWarning);
    commands.push({ line, seconds: (performance.now() - startedAt) / 1000, warnings });
    return stdout;
  }

  async function serve(line: string, cwd: string, { pattern, environment }: ServeOptions) {
    const startedAt = performance.now();
    const child = start(line, cwd, environment);
    const exited = once(child, 'exit');
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      said += more;
    });
    for await (const each of createInterface({ input: child.stdout })) {
      said += `${each}\n`;
      const [, url] = pattern.exec(each) ?? [];
      if (url === undefined) continue;
      child.stdout.resume();
      const warnings = said.split('\n').filter(isWarning);
      commands.push({ line, seconds: (performance.now() - startedAt) / 1000, warnings });
      const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
        if (child.exitCode === null && child.signalCode === null)
          process.kill(-(child.pid ?? process.pid), signal);
        const [code] = await exited;
        return code;
      };
      return { url, stop };
    }
    throw new Error(`${line} ended:\n${said}`);
  }

  return { commands, run, serve };
}

/** Says how many commands ran, for how long, and what they warned of. */
export function describeCommands({ version, commands }: NodeShell): string {
  const minutes = commands.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const warned = new Set(commands.flatMap(({ warnings }) => warnings));
  return [
    `Node.js ${version}: ${commands.length} commands, ${minutes.toFixed(1)} minutes, ${warned.size} warnings`,
    ...commands.map(
      ({ line, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${line.slice(0, 80)}`,
    ),
    ...warned,
  ].join('\n');
}
