import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { documentedCommands, type Replacements, runCommands } from './documented-commands.ts';
import type { Environment, Gatehouse, ServingProcess } from './process.ts';
import { freePort } from './proxy.ts';
import { createPostgresDatabase } from './test-database.ts';

/** The pages for operators. */
const pages = 'docs/operations';
const inPage = {
  database: 'postgresql://gatehouse_owner:PASSWORD@db.example.org/gatehouse',
  restored: 'postgresql://gatehouse_owner:PASSWORD@db.example.org/restored',
};

/** The times of a rotation, scaled down. */
const times = { JWKS_MAX_AGE_SECONDS: '2', ACCESS_TOKEN_SECONDS: '20' };

/** A machine on which somebody follows `docs/operations`. */
export interface Operations {
  readonly folder: string;
  readonly ports: readonly number[];
  /** The settings of the nodes. */
  readonly environment: Environment;
  /** An empty database, to restore into. */
  readonly restoredUrl: string;
  /** Runs the commands of the pages under this name. @returns what they print */
  type(name: string, files?: Replacements): Promise<string>;
  /** Starts a node, by its place among the ports. */
  startNode(place: number): Promise<ServingProcess>;
}

/** Two empty databases, a folder in the place of `/etc` and `/var`, and two ports. */
export async function prepareOperations(gatehouse: Gatehouse): Promise<Operations> {
  const [database, restored] = await Promise.all([
    createPostgresDatabase(),
    createPostgresDatabase(),
  ]);
  onTestFinished(() => Promise.all([database.drop(), restored.drop()]).then(() => undefined));
  const folder = gatehouse.folder();
  await Promise.all(['etc', 'backups'].map((name) => mkdir(join(folder, name))));
  const ports = [await freePort(), await freePort()];
  const replacements: Replacements = [
    ['npx gatehouse', 'node dist/main.js --project examples/rooms'],
    [inPage.database, database.url],
    [inPage.restored, restored.url],
    ['/etc/gatehouse', join(folder, 'etc')],
    ['/var/backups/gatehouse', join(folder, 'backups')],
    ['127.0.0.1:4001', `127.0.0.1:${ports[0]}`],
    ['127.0.0.1:4002', `127.0.0.1:${ports[1]}`],
  ];
  const environment = {
    ...times,
    NODE_ENV: 'production',
    DATABASE_URL: database.url,
    SIGNING_KEYS: join(folder, 'etc', 'keys.json'),
    TRUST_PROXY: 'loopback',
    BCRYPT_COST: '10', // the least that production allows
    LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
  };
  return {
    folder,
    ports,
    environment,
    restoredUrl: restored.url,
    async type(name, files = []) {
      const commands = `${documentedCommands(pages, 'settings')}${documentedCommands(pages, name)}`;
      const run = await runCommands(commands, [...files, ...replacements], times);
      expect(run, name).toMatchObject({ code: 0 });
      return run.output;
    },
    startNode: (place) => gatehouse.serve({ ...environment, PORT: String(ports[place]) }),
  };
}
