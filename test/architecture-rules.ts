import { posix } from 'node:path';
import { parseSync } from 'vite';
import { type Import, readModule } from './architecture-module.ts';

/** What a folder, or a file at the top of `src`, may import of the others. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli'],
  'app.ts': [
    ...['authentication', 'authorization', 'config', 'database', 'errors.ts'],
    ...['observability', 'parts.ts', 'schema', 'server'],
  ],
  // By exception: the part of the composition root behind the commands. One file grew too long.
  'operator.ts': [
    ...['app.ts', 'authentication', 'authorization', 'config', 'database', 'doctor', 'errors.ts'],
    ...['observability', 'parts.ts', 'schema'],
  ],
  // By exception: the half of the composition root that is below the server. One file grew too long.
  'parts.ts': ['authentication', 'config', 'database', 'errors.ts', 'observability', 'schema'],
  'errors.ts': [],
  authentication: ['errors.ts'],
  authorization: [],
  cli: ['app.ts', 'config', 'observability', 'operator.ts'],
  doctor: ['authentication', 'config', 'database'],
  config: [],
  database: ['errors.ts'], // by exception: it turns the codes of Prisma into errors of ours
  observability: [],
  schema: ['authentication', 'authorization', 'errors.ts'],
  server: ['authentication', 'authorization', 'errors.ts', 'observability', 'schema'],
};

/** What reads and writes the database; these alone know its types. */
const isStore = (path: string) => /^schema\/.*\.(store|records)\.ts$/.test(path);

/** Who may import a library: a folder, ending in a slash, or a file. `types` are for types alone. */
interface Door {
  readonly to: readonly string[];
  readonly types?: readonly string[];
}

/** One library, one door. A library that is not listed may not be imported. */
const doors: Readonly<Record<string, Door>> = {
  // By exception: the plugin's types, so that the library fits its host.
  '@apollo/server': { to: ['server/'], types: ['authorization/apollo.ts'] },
  '@as-integrations/fastify': { to: ['server/'] },
  '@electric-sql/pglite': { to: ['database/'] },
  '@fastify/cors': { to: ['server/'] },
  '@fastify/static': { to: ['server/'] },
  '@graphql-tools/schema': { to: ['schema/'] },
  '@graphql-tools/utils': { to: ['authorization/'] },
  '@opentelemetry/api': { to: ['observability/tracing-opentelemetry.ts'] },
  '@opentelemetry/exporter-trace-otlp-http': { to: ['observability/tracing-opentelemetry.ts'] },
  '@opentelemetry/resources': { to: ['observability/tracing-opentelemetry.ts'] },
  '@opentelemetry/sdk-trace-node': { to: ['observability/tracing-opentelemetry.ts'] },
  '@prisma/adapter-pg': { to: ['database/'] },
  '@prisma/client': { to: ['database/'] },
  '@prisma/driver-adapter-utils': { to: ['database/'] },
  '@prisma/instrumentation': { to: ['observability/tracing-opentelemetry.ts'] },
  '@prisma/schema-engine-wasm': { to: ['database/'] },
  '@zxcvbn-ts/core': { to: ['authentication/guessable-password.ts'] },
  '@zxcvbn-ts/language-common': { to: ['authentication/guessable-password.ts'] },
  'altair-static': { to: ['server/'] },
  bcrypt: { to: ['authentication/password.ts'] },
  commander: { to: ['cli/'] },
  dataloader: { to: ['schema/loader.ts'] },
  'fastest-levenshtein': { to: ['config/misspelled-settings.ts', 'cli/unknown-command.ts'] },
  fastify: { to: ['server/'] },
  graphql: { to: ['authorization/', 'schema/', 'server/'] },
  'graphql-scalars': { to: ['schema/'] },
  'graphql-ws': { to: ['server/'] },
  helmet: { to: ['server/'] },
  jsonwebtoken: { to: ['authentication/access-token.ts'] },
  'lru-cache': { to: ['authentication/access-token.ts', 'server/limits/'] },
  negotiator: { to: ['server/'] },
  pg: { to: ['database/'] },
  'pglite-prisma-adapter': { to: ['database/'] },
  pino: { to: ['observability/'] },
  'prom-client': { to: ['observability/metrics.ts'] },
  'rate-limiter-flexible': { to: ['schema/session/login-attempts.store.ts'] },
  ws: { to: ['server/'] },
  zod: { to: ['authentication/', 'config/', 'parts.ts', 'schema/', 'server/'] },
};

const maxLines = 250;

/**
 * Every breach of the rules of architecture in these files, as `path: what is wrong`.
 *
 * @param files the text of each file by its path in `src`; generated ones are left out.
 */
export function findBreaches(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([path, text]) =>
    breachesOf(path, text).map((breach) => `${path}: ${breach}`),
  );
}

function breachesOf(path: string, text: string): readonly string[] {
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) return ['cannot be parsed'];
  const lines = text.trimEnd().split('\n').length;
  const { imports, breaches } = readModule(parsed, path === 'main.ts');
  return [
    ...(mayImport[partOf(path)] === undefined ? ['belongs to no part that the rules know'] : []),
    ...(lines > maxLines ? [`has ${lines} lines, more than ${maxLines}`] : []),
    ...imports.flatMap((each) => breachOfImport(path, each) ?? []),
    ...breaches,
  ];
}

/** The folder at the top of `src`, or the file there, that a path belongs to. */
const partOf = (path: string): string => path.split('/')[0] ?? path;

function breachOfImport(path: string, { from, isType }: Import): string | undefined {
  if (from === undefined) return 'imports what only a run can tell';
  if (from.startsWith('node:')) return undefined;
  if (!from.startsWith('.')) return breachOfLibrary(path, from, isType);

  const target = posix.normalize(posix.join(posix.dirname(path), from));
  const [part, targetPart] = [partOf(path), partOf(target)];
  if (targetPart === '..') return `imports ${from}, outside src`;
  if (targetPart === part) return undefined;
  if (targetPart === 'database' && isType && isStore(path)) return undefined;
  if (mayImport[part]?.includes(targetPart) !== true) return `may not import ${target}`;
  if (targetPart === 'authorization' && target !== 'authorization/index.ts') {
    return `imports ${target} in place of authorization/index.ts`;
  }
  return undefined;
}

function breachOfLibrary(path: string, from: string, isType: boolean): string | undefined {
  const library = from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
  const door = doors[library];
  if (door === undefined) return `imports ${library}, a library without a door`;
  const opens = (place: string) => (place.endsWith('/') ? path.startsWith(place) : path === place);
  if (door.to.some(opens)) return undefined;
  if (door.types?.some(opens) !== true) return `may not import the library ${library}`;
  return isType ? undefined : `may import types alone of the library ${library}`;
}
