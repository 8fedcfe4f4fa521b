import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { documentedCommands, type Replacements, runCommands } from './documented-commands.ts';
import { blocksOf, namedBy, readPage } from './documents.ts';
import { createPostgresCluster } from './postgres-cluster.ts';
import type { Environment, Gatehouse, ServingProcess } from './process.ts';
import { freePort } from './proxy.ts';

/** The pages for operators. */
const pages = 'docs/operations';

/** The times of a rotation, scaled down. */
const times = { JWKS_MAX_AGE_SECONDS: '2', ACCESS_TOKEN_SECONDS: '20' };

/** A machine that runs other tests too is slow, which is no fault of the documents. */
const patience = {
  DATABASE_CONNECT_TIMEOUT_MS: '8000',
  DATABASE_STATEMENT_TIMEOUT_MS: '8000',
  DATABASE_REQUEST_TIMEOUT_MS: '9000',
};

/** A machine on which an operator follows `docs/operations`. */
export interface Operations {
  readonly folder: string;
  readonly ports: readonly number[];
  /** For the owner of the tables. */
  readonly ownerUrl: string;
  /** The settings of the nodes, whose role cannot change tables. */
  readonly environment: Environment;
  /** The address of the database to restore into, for its owner and for the role of nodes. */
  readonly restored: { readonly url: string; readonly nodeUrl: string };
  /** Runs the commands of the pages under this name. @returns what they print */
  type(name: string, files?: Replacements): Promise<string>;
  /** Starts a node, by its place among the ports. */
  startNode(place: number): Promise<ServingProcess>;
}

/** A PostgreSQL server without a database, a folder in the place of `/etc` and `/var`, and two ports. */
export async function prepareOperations(gatehouse: Gatehouse): Promise<Operations> {
  const cluster = await createPostgresCluster({ isNew: true });
  onTestFinished(() => cluster.remove());
  const { host, hostname, port } = new URL(cluster.url);
  const folder = gatehouse.folder();
  await Promise.all(['etc', 'backups'].map((name) => mkdir(join(folder, name))));
  const ports = [await freePort(), await freePort()];
  const replacements: Replacements = [
    ['npx gatehouse', 'node dist/main.js --project examples/rooms'],
    ['db.example.org', host],
    ['/etc/gatehouse', join(folder, 'etc')],
    ['/var/backups/gatehouse', join(folder, 'backups')],
    ['127.0.0.1:4001', `127.0.0.1:${ports[0]}`],
    ['127.0.0.1:4002', `127.0.0.1:${ports[1]}`],
  ];
  // What the administrator of PostgreSQL has, and `psql` takes without an address.
  const administrator = { PGHOST: hostname, PGPORT: port, PGUSER: 'postgres' };
  const environment = {
    ...times,
    ...patience,
    NODE_ENV: 'production',
    ...exportsOf(
      documentedCommands(pages, 'settings of the nodes').replaceAll('db.example.org', host),
    ),
    SIGNING_KEYS: join(folder, 'etc', 'keys.json'),
    TRUST_PROXY: 'loopback',
    BCRYPT_COST: '10', // the least that production allows
    LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
  };
  const restoredOf = (url: string) => url.replace(/gatehouse$/, 'restored');
  return {
    folder,
    ports,
    ownerUrl: cluster.url,
    environment,
    restored: { url: restoredOf(cluster.url), nodeUrl: restoredOf(cluster.nodeUrl) },
    async type(name, files = []) {
      const commands = `${documentedCommands(pages, 'settings')}${documentedCommands(pages, name)}`;
      const environmentHere = { ...times, ...administrator };
      const run = await runCommands(commands, [...files, ...replacements], environmentHere);
      expect(run, name).toMatchObject({ code: 0 });
      return run.output;
    },
    startNode: (place) => gatehouse.serve({ ...environment, PORT: String(ports[place]) }),
  };
}

/** The settings that commands export. */
const exportsOf = (commands: string): Environment =>
  Object.fromEntries(
    [...commands.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );

/** The names of the commands on a page, in their order. */
export const commandsOn = (page: string): readonly string[] =>
  blocksOf(readPage(`${pages}/${page}`)).flatMap((block) => namedBy(block, 'run') ?? []);

/** From the empty server to the first administrator. @returns her password */
export async function setUp({ type }: Operations): Promise<string> {
  await type('roles and database');
  await type('first keys');
  expect(await type('tables')).toContain('granted   gatehouse_node');
  const [, password = ''] = /password: (\S+)/.exec(await type('first admin')) ?? [];
  expect(await type('look')).not.toMatch(/^problem/m);
  return password;
}
