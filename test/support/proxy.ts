import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from './process.ts';

export type ProxyKind = 'nginx' | 'caddy';

/** A proxy of `deploy/`, as it would run in front of two nodes. */
export interface RunningProxy {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface ProxyOptions {
  readonly kind: ProxyKind;
  /** An empty folder of its own. */
  readonly folder: string;
  /** The ports of the two nodes on 127.0.0.1. */
  readonly nodes: readonly number[];
}

export const isInstalled = (program: ProxyKind): boolean =>
  spawnSync(program, [program === 'nginx' ? '-v' : 'version']).status === 0;

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}

/** Starts the proxy with the file of `deploy/`, in which nothing but addresses is changed. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { kind, folder } = options;
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const words = await (kind === 'nginx' ? prepareNginx : prepareCaddy)(options, port);
  const child = spawn(kind, words, { cwd: folder, env: environmentIn(folder), stdio: 'pipe' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url, child, () => said);
  return {
    url,
    async stop() {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
    },
  };
}

const environmentIn = (folder: string) => ({ PATH: process.env.PATH, HOME: folder });

async function prepareNginx({ folder, nodes }: ProxyOptions, port: number) {
  const file = join(folder, 'gatehouse.conf');
  await writeFile(
    file,
    replaceEach(await readFile(join(repository, 'deploy/nginx.conf'), 'utf8'), [
      ['127.0.0.1:8080', `127.0.0.1:${port}`],
      ['127.0.0.1:4001', `127.0.0.1:${nodes[0]}`],
      ['127.0.0.1:4002', `127.0.0.1:${nodes[1]}`],
    ]),
  );
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const main = join(folder, 'nginx.conf');
  await writeFile(
    main,
    `daemon off; pid ${folder}/nginx.pid; error_log stderr warn; worker_processes 1;
events {} http { access_log off; ${paths.join(' ')} include ${file}; }\n`,
  );
  return ['-p', folder, '-e', 'stderr', '-c', main];
}

async function prepareCaddy({ folder, nodes }: ProxyOptions, port: number) {
  const file = join(folder, 'Caddyfile');
  await writeFile(
    file,
    replaceEach(await readFile(join(repository, 'deploy/Caddyfile'), 'utf8'), [
      ['{$CADDY_SITE::8080}', `:${port}`],
      ['127.0.0.1:4001', `127.0.0.1:${nodes[0]}`],
      ['127.0.0.1:4002', `127.0.0.1:${nodes[1]}`],
    ]),
  );
  return ['run', '--config', file, '--adapter', 'caddyfile'];
}

/** @throws {Error} when one of them is not there: then something else would be tried. */
function replaceEach(text: string, pairs: readonly (readonly [string | RegExp, string])[]): string {
  return pairs.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    if (after === before) throw new Error(`There is no ${from} in the configuration.`);
    return after;
  }, text);
}

async function untilAnswers(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; child.exitCode === null && tries < 600; tries += 1) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`The proxy does not answer:\n${said()}`);
}
