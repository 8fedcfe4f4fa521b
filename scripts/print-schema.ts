// Prints the schema that a front end of this repository is built for: node --import tsx scripts/print-schema.ts console|web
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatehouseConsole } from '@graphql-gatehouse/console';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { operations } from '@graphql-gatehouse/operations';
import { oidc, providers } from '@graphql-gatehouse/providers';
import { rights } from '@graphql-gatehouse/rights';
import { createSchemaReport } from '../src/gatehouse/schema-report.ts';
import type { GatehouseConfig } from '../src/schema/project.ts';

interface FrontEnd {
  readonly folder: string;
  config(): Promise<GatehouseConfig>;
}

const acme = oidc({ issuer: 'https://id.acme.example', signUp: 'open' });
const packages = [factors(), mail({ signUp: true }), providers({ ACME: acme })];
const frontEnds: Readonly<Record<string, FrontEnd>> = {
  console: {
    folder: 'packages/console/pages',
    config: async () => ({ packages: [...packages, operations(), rights(), gatehouseConsole()] }),
  },
  web: {
    folder: 'examples/web',
    // Imported here, because the demo's configuration needs generated files and the console does not.
    config: async () => {
      const { default: rooms } = await import('../examples/rooms/gatehouse.config.ts');
      return { ...rooms, packages };
    },
  },
};

const frontEnd = frontEnds[process.argv[2] ?? ''];
if (frontEnd === undefined) throw new Error(`Name one of ${Object.keys(frontEnds).join(', ')}.`);
const pathOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const project = { directory: pathOf('examples/rooms'), config: await frontEnd.config() };
const file = pathOf(`${frontEnd.folder}/src/generated/schema.graphql`);
await mkdir(dirname(file), { recursive: true });
await writeFile(file, createSchemaReport(project).print());
