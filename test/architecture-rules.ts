import { posix } from 'node:path';
import { parseSync } from 'vite';
import { readImports } from './architecture-circles.ts';
import { type Import, readModule } from './architecture-module.ts';

/** What a folder, a file at the top of `src`, or a package may import of the others. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  // The public doors for Apollo Server and for Envelop: they only export.
  'apollo.ts': ['doors'],
  authentication: ['error-pages.ts', 'errors.ts', 'values'],
  changes: ['authentication', 'database', 'errors.ts', 'values'],
  cli: ['config', 'error-pages.ts', 'errors.ts', 'gatehouse', 'observability', 'schema', 'values'],
  config: ['error-pages.ts', 'values'],
  context: ['authentication', 'changes', 'values'],
  // By exception `errors.ts`: it turns the codes of Prisma into errors of ours.
  database: ['error-pages.ts', 'errors.ts', 'events'],
  doctor: ['authentication', 'config', 'database', 'errors.ts', 'values'],
  doors: [
    'authentication',
    'context',
    'error-pages.ts',
    'errors.ts',
    'events',
    'observability',
    'operation',
    'playground',
    'values',
  ],
  'envelop.ts': ['doors'],
  // The table of the pages about errors.
  'error-pages.ts': [],
  'errors.ts': [],
  events: ['errors.ts'],
  // The only builder: it makes the parts and connects them.
  gatehouse: [
    'authentication',
    'changes',
    'config',
    'context',
    'database',
    'doctor',
    'doors',
    'error-pages.ts',
    'errors.ts',
    'events',
    'identity',
    'observability',
    'operation',
    'schema',
    'values',
  ],
  identity: [
    'authentication',
    'changes',
    'context',
    'error-pages.ts',
    'errors.ts',
    'schema',
    'values',
  ],
  // The public door: it only exports.
  'index.ts': [
    'authentication',
    'changes',
    'context',
    'errors.ts',
    'events',
    'gatehouse',
    'identity',
    'schema',
    'values',
  ],
  'main.ts': ['cli', 'observability'],
  observability: ['error-pages.ts', 'errors.ts'],
  operation: ['authentication', 'context', 'errors.ts', 'schema', 'values'],
  // The public door for packages: it only exports.
  'package.ts': ['authentication', 'error-pages.ts', 'schema', 'values'],
  playground: ['errors.ts'],
  schema: [
    'authentication',
    'changes',
    'context',
    'error-pages.ts',
    'errors.ts',
    'events',
    'values',
  ],
  testing: [
    'authentication',
    'changes',
    'config',
    'context',
    'database',
    'gatehouse',
    'observability',
    'schema',
    'values',
  ],
  // The public door for tests of projects: it only exports.
  'testing.ts': ['testing'],
  // What several folders share: types and pure functions.
  values: ['errors.ts'],
  'packages/authorization': [],
  'packages/client': [],
  'packages/codegen': [],
  'packages/console': [],
  'packages/factors': [],
  'packages/mail': [],
  'packages/nats': [],
  'packages/operations': [],
  'packages/providers': [],
  'packages/redis': [],
  'packages/rights': [],
};

/** What reads and writes the database; these alone know its types. */
const isStore = (path: string) =>
  /^identity\/.*\.(store|records)\.ts$/.test(path) || path === 'identity/store-dependencies.ts';

/** Who may import a library: a folder, ending in a slash, or a file. `types` are for types alone. */
interface Door {
  readonly to: readonly string[];
  readonly types?: readonly string[];
}

/** One library, one door. A library that is not listed may not be imported. A part of it can have its own door. */
const doors: Readonly<Record<string, Door>> = {
  '@apollo/client': { to: ['packages/client/src/apollo.ts'] },
  // By exception: the plugin's types, so that the library fits its host.
  '@apollo/server': {
    to: ['doors/'],
    types: ['packages/authorization/src/hosts/apollo.ts', 'playground/playground.ts'],
  },
  '@electric-sql/pglite': { to: ['database/'], types: ['schema/database-access.ts'] },
  '@fastify/cors': { to: ['doors/'] },
  '@fastify/static': { to: ['playground/'] },
  // Packages for parts of Gatehouse load nothing of it but their kit.
  'graphql-gatehouse': {
    to: [],
    types: [
      'packages/console/',
      'packages/factors/',
      'packages/mail/',
      'packages/nats/',
      'packages/operations/',
      'packages/providers/',
      'packages/redis/',
      'packages/rights/',
    ],
  },
  'graphql-gatehouse/package': {
    to: ['console', 'factors', 'mail', 'operations', 'providers', 'rights'].map(
      (name) => `packages/${name}/`,
    ),
  },
  '@graphql-gatehouse/authorization': {
    to: [
      'operation/',
      'context/',
      'schema/',
      'identity/users/user.resolvers.ts',
      'gatehouse/reported-schema.ts',
      'gatehouse/report-queue.ts',
      'gatehouse/reports.ts',
      'gatehouse/schema-report.ts',
      'gatehouse/access-snapshot.ts',
      'gatehouse/compare-snapshots.ts',
      'doors/',
      'packages/operations/',
      'packages/providers/src/groups/',
      'packages/rights/',
      'testing/',
    ],
  },
  '@graphql-gatehouse/authorization/decision': {
    to: ['schema/', 'packages/client/', 'testing/', 'values/factor.ts', 'values/groups.ts'],
  },
  '@graphql-gatehouse/authorization/options': {
    to: [
      'changes/',
      'context/',
      'doors/',
      'gatehouse/',
      'identity/',
      'schema/',
      'testing/',
      'values/nearest-name.ts',
    ],
  },
  '@graphql-gatehouse/authorization/pages': { to: ['error-pages.ts'] },
  '@graphql-gatehouse/authorization/read-by-halves': { to: ['operation/', 'schema/'] },
  '@graphql-gatehouse/authorization/representations': { to: ['operation/'] },
  '@graphql-gatehouse/authorization/rules': { to: ['packages/codegen/'] },
  '@graphql-codegen/client-preset': { to: ['packages/codegen/src/preset.ts'] },
  '@graphql-codegen/plugin-helpers': {
    to: [],
    types: ['plugin.ts', 'preset.ts', 'print-operations.ts', 'server.ts'].map(
      (file) => `packages/codegen/src/${file}`,
    ),
  },
  '@graphql-tools/schema': { to: ['schema/'] },
  '@graphql-tools/utils': { to: ['schema/'] },
  '@nats-io/jetstream': { to: ['packages/nats/'] },
  '@nats-io/transport-node': { to: ['packages/nats/'] },
  '@opentelemetry/api': { to: ['observability/tracing-opentelemetry.ts'] },
  '@opentelemetry/exporter-trace-otlp-http': { to: ['observability/tracing-opentelemetry.ts'] },
  '@opentelemetry/resources': { to: ['observability/tracing-opentelemetry.ts'] },
  '@opentelemetry/sdk-trace-node': { to: ['observability/tracing-opentelemetry.ts'] },
  '@prisma/adapter-pg': { to: ['database/'] },
  '@prisma/client': { to: ['database/'] },
  '@prisma/driver-adapter-utils': { to: ['database/'], types: ['schema/database-access.ts'] },
  '@prisma/instrumentation': { to: ['observability/tracing-opentelemetry.ts'] },
  '@prisma/schema-engine-wasm': { to: ['database/'] },
  '@redis/client': { to: ['packages/redis/src/connect-redis.ts'] },
  '@simplewebauthn/server': { to: ['packages/factors/src/passkeys/'] },
  '@simplewebauthn/server/helpers': { to: ['packages/factors/src/passkeys/'] },
  '@urql/core': { to: ['packages/client/src/urql.ts'] },
  '@zxcvbn-ts/core': { to: ['authentication/guessable-password.ts'] },
  '@zxcvbn-ts/language-common': { to: ['authentication/guessable-password.ts'] },
  'altair-static': { to: ['playground/'] },
  bcrypt: { to: ['authentication/password.ts'] },
  commander: { to: ['cli/'] },
  cookie: { to: ['doors/request/'] },
  dataloader: { to: ['context/loader.ts'] },
  fastify: { to: ['doors/'], types: ['operation/', 'playground/'] },
  graphql: {
    to: [
      'operation/',
      'schema/',
      'packages/authorization/',
      'packages/codegen/',
      'packages/operations/',
      'doors/',
      'gatehouse/reported-schema.ts',
      'testing/',
      'values/field-arguments.ts',
      'values/selected-fields.ts',
    ],
    types: ['context/', 'gatehouse/app-inputs.ts', 'packages/rights/'],
  },
  'graphql-scalars': { to: ['schema/'] },
  'graphql-ws': { to: ['doors/'] },
  helmet: { to: ['doors/'] },
  jose: { to: ['packages/authorization/src/tokens/', 'packages/providers/src/protocol/'] },
  jsonwebtoken: { to: ['authentication/access-token.ts'] },
  'lru-cache': { to: ['operation/', 'authentication/access-token.ts', 'packages/operations/'] },
  negotiator: { to: ['doors/'] },
  nodemailer: { to: ['packages/mail/src/outbox/'] },
  'openid-client': { to: ['packages/providers/src/protocol/'] },
  otpauth: { to: ['packages/factors/src/totp/totp.ts'] },
  pg: { to: ['database/'], types: ['schema/database-access.ts'] },
  'pglite-prisma-adapter': { to: ['database/'] },
  pino: { to: ['observability/'] },
  'prom-client': { to: ['observability/metrics.ts'] },
  react: { to: ['packages/client/src/react.ts'] },
  rxjs: { to: ['packages/client/src/apollo.ts'] },
  tinyglobby: { to: ['schema/'] },
  tsx: { to: ['cli/load-project.ts'] },
  uqr: { to: ['packages/factors/src/totp/qr-code.ts'] },
  vue: { to: ['packages/client/src/vue.ts'] },
  wonka: { to: ['packages/client/src/urql.ts'] },
  ws: { to: ['doors/'] },
  zod: {
    to: [
      'authentication/',
      'changes/',
      'config/',
      'doors/',
      'identity/',
      'packages/factors/',
      'packages/mail/',
      'packages/nats/',
      'packages/operations/',
      'packages/providers/',
      'packages/redis/',
      'packages/rights/',
      'playground/',
      'schema/packages/columns.ts',
    ],
    types: ['values/package-setting.ts'],
  },
};

/** The entry of a process; and the public door for processes of users. */
const environmentReaders: readonly string[] = ['main.ts', 'gatehouse/start-gatehouse.ts'];

const maxLines = 400;

/**
 * Files that run in every request. On Node.js 20 each object of a literal that begins with a spread gets a hidden class
 * of its own, which takes a microsecond and stays until the next whole garbage collection.
 */
const requestPath: readonly string[] = [
  'context/create-context.ts',
  'context/lists.ts',
  'context/read-page.ts',
  'context/row-order.ts',
  'database/connect/prepared-reads.ts',
  'database/time/deadline.ts',
  'database/time/request-budget.ts',
  'identity/sessions/viewers.store.ts',
  'identity/users/user-page.store.ts',
  'identity/users/user.resolvers.ts',
  'packages/authorization/src/enforcement/operation/authorize-operation.ts',
  'packages/authorization/src/enforcement/field/guard-field.ts',
  'packages/authorization/src/enforcement/rows/guard-rows.ts',
  'packages/authorization/src/enforcement/rows/row-calls.ts',
  'packages/authorization/src/enforcement/rows/row-rule.ts',
  'packages/authorization/src/enforcement/rows/ask-rows.ts',
  'packages/authorization/src/enforcement/rows/check-rows.ts',
  'packages/authorization/src/enforcement/rows/compile-rows.ts',
  'packages/authorization/src/execute/compile-field.ts',
  'packages/authorization/src/execute/compile-leaf.ts',
  'packages/authorization/src/execute/compile-selections.ts',
  'packages/authorization/src/execute/complete-items.ts',
  'packages/authorization/src/execute/complete-value.ts',
  'packages/authorization/src/execute/create-execute.ts',
  'packages/authorization/src/execute/field.ts',
  'operation/answer/answer-head.ts',
  'operation/answer/create-answers.ts',
  'operation/answer/log-operation.ts',
  'operation/answer/operation-record.ts',
  'operation/create-admission.ts',
  'operation/create-operations.ts',
  'doors/http/graphql-handler.ts',
  'doors/request/request-context.ts',
  'values/page.ts',
];

/**
 * Files with getters in an object literal, for objects that are created once. Each such object gets a hidden class of its
 * own, which keeps the object, and all that it refers to, in memory until the next whole garbage collection: one in each
 * request took a fifth of the processor time of small requests.
 */
const getterFiles: readonly string[] = [
  'authentication/keys/signing-keys.ts',
  'testing/start-test-gatehouse.ts',
];

/** A call that writes outside of `changes`: not on a `transaction`, which only the functions of `changes` hand out. */
const modelWrite =
  /(?<!\btransaction)\.\w+\s*\.(create|update|upsert|delete)(Many)?(AndReturn)?\(/g;
const sqlWrites = [
  /(?<!\btransaction)\.\$(executeRaw|executeRawUnsafe|queryRawUnsafe)\b/g,
  /\.\$transaction\(/g,
  /\brecordEvent\(/g,
];

/** How many such calls a file may hold, by exception: what is no change of anybody's, or makes the changes. */
const mayWrite: Readonly<Record<string, number>> = {
  'identity/audit/log-export.store.ts': 1, // only reads, in one snapshot
  'identity/audit/audit.store.ts': 1, // an event that no change goes with, such as a refused login
  'identity/api-clients/api-client.store.ts': 1, // the last use
  'identity/packages/account-facts.store.ts': 1, // reads and locks, in transactions of packages
  'identity/packages/package-accounts.store.ts': 1, // an event of a package that changes no account
  'identity/sessions/viewers.store.ts': 1, // the last use
  'identity/sessions/end-opened.store.ts': 1, // events in transactions of packages
  'identity/users/source-groups.store.ts': 1, // events in transactions of packages
  'identity/sessions/remove-sessions.store.ts': 1, // removes sessions that have been dead for a week
  'identity/sessions/login/login-attempts.store.ts': 2, // counts attempts
  'identity/sessions/proofs/challenge.store.ts': 2, // counts wrong proofs, removes challenges whose time is over
  'identity/sessions/password-hash.store.ts': 1, // another hash of the same password
  'identity/users/counts.store.ts': 2, // only reads, for packages
  'identity/places/give-group.store.ts': 1, // in the transaction of `write`
  'identity/places/held-around.store.ts': 1, // reads and locks, in a transaction
  'identity/places/invitation.store.ts': 4, // in the transaction of `write`; removes what can be used no more
  'identity/places/place-membership.store.ts': 2, // in the transaction of `write`; removes what opens nothing
  'identity/places/place-row.store.ts': 2, // in the transaction of `write`
  'identity/users/grants.store.ts': 2, // reads, in a transaction
  'identity/users/lock-groups.store.ts': 1, // reads and locks, in a transaction
  'identity/users/last-admin.store.ts': 1, // reads, in a transaction and for packages
  'identity/users/last-holder.store.ts': 2, // reads, in a transaction
  'schema/packages/sql.ts': 1, // runs statements of packages, on what they were handed
  'identity/users/user-page.store.ts': 1, // only reads: a search, whose statement is not prepared
};

/** Outside of stores, `users.create` calls a store. */
function breachOfWrites(path: string, text: string): readonly string[] {
  if (/^(changes|database|packages)\//.test(path)) return [];
  const patterns = isStore(path) ? [modelWrite, ...sqlWrites] : sqlWrites;
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)]).length;
  const allowed = mayWrite[path] ?? 0;
  return found === allowed ? [] : [`writes ${found} times outside of \`changes\`, not ${allowed}`];
}

/**
 * Every breach of the rules of architecture in these files, as `path: what is wrong`.
 *
 * @param files the text of each file by its path in `src`, or by `packages/NAME/src/...`; without generated ones.
 */
export function findBreaches(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([path, text]) =>
    breachesOf(path, text).map((breach) => `${path}: ${breach}`),
  );
}

/** The rules that no import needs, as `from -> to`. Each lets a wrong import in. */
export function findNeedlessRules(files: ReadonlyMap<string, string>): readonly string[] {
  const needed = new Set(
    [...readImports(files)].flatMap(([path, targets]) =>
      targets.map((target) => `${partOf(path)} -> ${partOf(target)}`),
    ),
  );
  return Object.entries(mayImport)
    .flatMap(([from, allowed]) => allowed.map((to) => `${from} -> ${to}`))
    .filter((rule) => !needed.has(rule));
}

function breachesOf(path: string, text: string): readonly string[] {
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) return ['cannot be parsed'];
  const lines = text.trimEnd().split('\n').length;
  const { imports, breaches } = readModule(parsed, {
    runs: path === 'main.ts',
    readsEnvironment: environmentReaders.includes(path),
    beginsWithSpread: !requestPath.includes(path),
    hasGetters: getterFiles.includes(path),
  });
  return [
    ...(mayImport[partOf(path)] === undefined ? ['belongs to no part that the rules know'] : []),
    ...(lines > maxLines ? [`has ${lines} lines, more than ${maxLines}`] : []),
    ...imports.flatMap((each) => breachOfImport(path, each) ?? []),
    ...breachOfWrites(path, text),
    ...breaches,
  ];
}

/** The folder at the top of `src`, the file there, or the package that a path belongs to. */
const partOf = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('packages/') ? 2 : 1)
    .join('/');

function breachOfImport(path: string, { from, isType }: Import): string | undefined {
  // The project's own file is named by the command line.
  if (from === undefined) {
    return path === 'cli/load-project.ts' ? undefined : 'imports what only a run can tell';
  }
  if (from.startsWith('node:')) return undefined;
  if (!from.startsWith('.')) return breachOfLibrary(path, from, isType);

  const target = posix.normalize(posix.join(posix.dirname(path), from));
  const [part, targetPart] = [partOf(path), partOf(target)];
  if (targetPart === '..') return `imports ${from}, outside src`;
  if (targetPart === part) return undefined;
  if (targetPart === 'database' && isType && isStore(path)) return undefined;
  if (mayImport[part]?.includes(targetPart) !== true) return `may not import ${target}`;
  return undefined;
}

function breachOfLibrary(path: string, from: string, isType: boolean): string | undefined {
  const library = from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
  const door = doors[from] ?? doors[library];
  if (door === undefined) return `imports ${library}, a library without a door`;
  const opens = (place: string) => (place.endsWith('/') ? path.startsWith(place) : path === place);
  if (door.to.some(opens)) return undefined;
  if (door.types?.some(opens) !== true) return `may not import the library ${library}`;
  return isType ? undefined : `may import types alone of the library ${library}`;
}
