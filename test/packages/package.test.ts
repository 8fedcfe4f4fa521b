import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { readPackages } from '../../scripts/release/packages.ts';
import { importsOf } from '../architecture-module.ts';
import { ask } from '../support/ask.ts';
import { compile } from '../support/compile.ts';
import { findOldNames } from '../support/old-names.ts';
import { installPacked } from '../support/packed-packages.ts';
import { build, nodeSettings, repository } from '../support/process.ts';
import { isWhole } from '../support/sample.ts';

const run = promisify(execFile);

/** Users of the library: one calls it directly, one through Apollo Server, and one has a login. */
const consumer = `
import { ApolloServer } from '@apollo/server';
import { buildSchema, execute, parse } from 'graphql';
import { createAuthorization, directiveTypeDefs, type Viewer } from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { tokenViewer } from '@graphql-gatehouse/authorization/tokens';

type AppViewer = Viewer & { readonly customer?: string };
interface Context { readonly viewer: AppViewer }

const schema = buildSchema(\`
  \${directiveTypeDefs()}
  enum Group { ACCOUNTING SALES }
  enum Policy { CUSTOMER }
  type Query { version: String! @public invoices: [Invoice!]! @auth }
  type Invoice { customer: String! totalCents: Int! @auth(requires: [ACCOUNTING], or: [CUSTOMER]) }
\`);
const isOf = (source: unknown, name: string | undefined): boolean =>
  typeof source === 'object' && source !== null && 'customer' in source && source.customer === name;
const authorization = createAuthorization<AppViewer, Context>(schema, {
  policies: { CUSTOMER: (viewer, source) => isOf(source, viewer.customer) },
  viewerOf: ({ viewer }) => viewer,
});
const rootValue = { version: '1', invoices: [{ customer: 'ada', totalCents: 1200 }] };

async function ask(text: string, viewer: AppViewer): Promise<unknown> {
  const operation = { document: parse(text), contextValue: { viewer } };
  const denials = await authorization.authorizeOperation(operation);
  if (denials.length > 0) return denials.map(({ denial }) => denial.code);
  return execute({ ...operation, schema: authorization.schema, rootValue });
}

const anonymous = { isAuthenticated: false, reason: 'TOKEN_MISSING' } as const;
const ada = { isAuthenticated: true, groups: new Set(['SALES']), customer: 'ada' } as const;
const cleo = { isAuthenticated: true, groups: new Set(['SALES']) } as const;
const invoices = '{ invoices { totalCents } }';
const answers = [ask('{ version }', anonymous), ask(invoices, anonymous), ask(invoices, ada), ask(invoices, cleo)];
for (const answer of await Promise.all(answers)) console.log(JSON.stringify(answer));

export const server = new ApolloServer<Context>({
  schema: authorization.schema,
  plugins: [createAuthorizationPlugin<Context>({ ...authorization, realm: 'invoices' })],
});
export const viewerOfToken = tokenViewer({
  issuer: 'https://login.example.com/',
  audience: 'invoices',
  jwks: 'https://login.example.com/jwks.json',
  groups: (claims: { readonly roles: readonly string[] }) => claims.roles,
});
// @ts-expect-error: were the types not found, this would be no error.
export const refused = () => createAuthorization(schema, { policies: { CUSTOMER: 'ada' }, viewerOf: () => anonymous });
`;

let folder = '';
const installed = (name: string) => join(folder, 'node_modules', name);

/** The packages of this repository that are imported, and where they are. */
const packages = readPackages()
  .filter(({ manifest }) => manifest.exports !== undefined)
  .map(({ folder: path, manifest: { name } }) => ({ name, path }));
const archives = new Map<string, string>();

/** A stranger's project, in which the packed packages stand beside what they say that they need. */
beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-package-'));
  const installation = await installPacked(
    folder,
    packages.map(({ path }) => path),
    ['@types/node', 'jose'],
  );
  for (const [name, archive] of installation) archives.set(name, archive);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'consumer.ts'), consumer);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the compiler says of the stranger's project, in which all libraries are checked as well. */
const compileConsumer = (options: readonly string[]): Promise<string> =>
  compile(folder, [
    '--skipLibCheck',
    'false',
    '--types',
    'node',
    ...options,
    'consumer.ts',
    '--outDir',
    'out',
  ]);

/** What the lock file says of a package that an installation brings. */
const namesSchema = z.record(z.string(), z.string()).optional();
const lockedSchema = z.object({
  dev: z.boolean().optional(),
  /** An optional peer that is a development dependency here: an installation brings it only if it has it. */
  devOptional: z.boolean().optional(),
  dependencies: namesSchema,
});
const lockSchema = z.object({ packages: z.record(z.string(), lockedSchema) });
const majorOf = (range: string) => /\d+/.exec(range)?.[0];

it('needs no overrides of this repository, which do not reach an installation', async () => {
  const read = async (file: string) => JSON.parse(await readFile(join(repository, file), 'utf8'));
  const { overrides } = z
    .object({ overrides: z.record(z.string(), z.string()) })
    .parse(await read('package.json'));
  const { packages: locked } = lockSchema.parse(await read('package-lock.json'));
  const bent = Object.entries(locked)
    .filter(
      ([path, { dev, devOptional }]) => path.startsWith('node_modules/') && !dev && !devOptional,
    )
    .flatMap(([path, { dependencies }]) =>
      Object.entries(dependencies ?? {}).flatMap(([name, range]) => {
        const version = overrides[name];
        const isOwn = version === undefined || version.startsWith('$');
        return isOwn || majorOf(version) === majorOf(range) ? [] : [`${path}: ${name}@${range}`];
      }),
    );
  expect(bent).toEqual([]);
});

/** Each package is compiled by the same settings, so `npm test` tries the two on which all others rest. */
const typed = ['graphql-gatehouse', '@graphql-gatehouse/authorization'];

/** How a package of ES modules is imported; `require` and older resolution are not promised. */
const promised = ['node16-esm', 'bundler'];

/** The files of a packed package, by their paths in it. */
async function filesOf(name: string): Promise<ReadonlyMap<string, string>> {
  const paths = await readdir(installed(name), { recursive: true, withFileTypes: true });
  const files = paths
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
  return new Map(
    await Promise.all(
      files.map(
        async (file) => [relative(installed(name), file), await readFile(file, 'utf8')] as const,
      ),
    ),
  );
}

describe.each(packages)('the packed package $name', ({ name }) => {
  it('has no link to a file that it does not have, no source map, and no name of others', async () => {
    const files = await filesOf(name);
    expect([...files.keys()].filter((path) => path.endsWith('.map'))).toEqual([]);
    const dead = [...files].flatMap(([path, content]) =>
      path.endsWith('.md')
        ? [...content.replace(/^```[\s\S]*?^```/gm, '').matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)]
            .map(([, target = '']) => join(dirname(path), target))
            .filter((target) => !existsSync(join(installed(name), target)))
            .map((target) => `${path}: ${target}`)
        : [],
    );
    expect(dead).toEqual([]);
    const others = [...files].flatMap(([path, content]) =>
      findOldNames(content).map((found) => `${path}: ${found}`),
    );
    expect(others).toEqual([]);
  });

  it('has nothing that publint warns of', async () => {
    const pkgDir = installed(name);
    const manifest = JSON.parse(await readFile(join(pkgDir, 'package.json'), 'utf8'));
    const { messages } = await publint({ pkgDir, pack: false, level: 'warning' });
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });

  it.runIf(isWhole || typed.includes(name))('has types for every way to import it', async () => {
    const archive = await readFile(archives.get(name) ?? '');
    const checked = await checkPackage(createPackageFromTarballData(archive));
    const problems = 'problems' in checked ? checked.problems : undefined;
    expect(
      problems?.filter(
        (each) => !('resolutionKind' in each) || promised.includes(each.resolutionKind),
      ),
    ).toEqual([]);
  });

  it('brings its licence', async () => {
    expect(await readFile(join(installed(name), 'LICENSE'), 'utf8')).toContain('MIT License');
  });
});

/** Returns the libraries that the types of a module of `graphql-gatehouse` name, with those of the modules that it imports. */
async function librariesOf(path: string): Promise<readonly string[]> {
  const libraries = new Set<string>();
  const files = new Set([join(installed('graphql-gatehouse'), 'dist', path)]);
  for (const file of files) {
    for (const { from = '' } of importsOf(file, await readFile(file, 'utf8'))) {
      if (from.startsWith('.')) files.add(join(dirname(file), from.replace(/\.ts$/, '.d.ts')));
      else libraries.add(from);
    }
  }
  return [...libraries];
}

describe('the types of the package', () => {
  const ofHosts = /^(@apollo|@envelop|graphql-yoga)/;

  it('name no foreign GraphQL server at the main door', async () => {
    const libraries = await librariesOf('index.d.ts');
    expect(libraries).toContain('graphql');
    expect(libraries.filter((name) => ofHosts.test(name))).toEqual([]);
  });

  it('name Apollo Server at the door for it alone', async () => {
    expect((await librariesOf('apollo.d.ts')).filter((name) => ofHosts.test(name))).toEqual([
      '@apollo/server',
    ]);
    expect((await librariesOf('envelop.d.ts')).filter((name) => ofHosts.test(name))).toEqual([]);
  });
});

describe('the package, in an empty project', () => {
  it.runIf(isWhole)('has the types of the library, for bundlers', async () => {
    const options = ['--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit'];
    expect(await compileConsumer(options)).toBe('');
  });

  it('guards a schema of the project, by types and at run time', async () => {
    expect(await compileConsumer(['--module', 'nodenext'])).toBe('');
    const { stdout } = await run(process.execPath, [join(folder, 'out', 'consumer.js')]);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { data: { version: '1' } },
      ['UNAUTHENTICATED', 'UNAUTHENTICATED'],
      { data: { invoices: [{ totalCents: 1200 }] } },
      expect.objectContaining({
        errors: [
          expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) }),
        ],
      }),
    ]);
  });

  it('serves, with its schema, its migrations and its page, on no more than it asks for', async () => {
    const server = spawn(join(installed('graphql-gatehouse'), 'dist', 'main.js'), ['start'], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ...nodeSettings(),
        DATA_DIR: join(folder, 'data'),
        PORT: '0',
        BCRYPT_COST: '4',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(server, 'exit');
    onTestFinished(async () => {
      server.kill('SIGKILL');
      await ended;
    });
    const url = await firstUrl(server);
    const answer = await ask(url, '{ serverInfo { version } }');
    expect([answer.status, answer.data]).toEqual([
      200,
      { serverInfo: { version: expect.any(String) } },
    ]);
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('html'),
    ]);
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

it('names what to install where traces are wanted, and OpenTelemetry is not there', async () => {
  const server = spawn(join(installed('graphql-gatehouse'), 'dist', 'main.js'), ['start'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      ...nodeSettings(),
      DATA_DIR: join(folder, 'untraced'),
      DATABASE_URL: 'postgresql://127.0.0.1:1/nowhere', // making an embedded one would take seconds
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [[code], said] = await Promise.all([once(server, 'exit'), text(server.stderr)]);
  expect([code, said]).toEqual([1, expect.stringMatching(/npm install @opentelemetry\/api@\^1\./)]);
});

it('uses the packages for NATS and Redis with one line in the configuration', async () => {
  const project = join(folder, 'with-packages');
  await mkdir(project);
  await writeFile(
    join(project, 'gatehouse.config.mjs'),
    `import { nats } from '@graphql-gatehouse/nats';
    import { redis } from '@graphql-gatehouse/redis';
    import { defineConfig } from 'graphql-gatehouse';
    export default defineConfig({ packages: [nats(), redis()] });`,
  );
  const settings = {
    EVENTS_URL: 'nats://:heron-71@127.0.0.1:1',
    RATE_LIMIT_URL: 'redis://:heron-71@127.0.0.1:1/0',
  };
  const words = [join(installed('graphql-gatehouse'), 'dist', 'main.js'), '--project', project];
  const shown = run(process.execPath, [...words, 'config'], { env: settings });
  const { stdout, stderr } = await shown.catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  expect(stdout).toContain('EVENTS_URL=[invalid]');
  expect(stdout).toContain('RATE_LIMIT_URL=redis://127.0.0.1:1/0   (environment)');
  expect(stderr).toContain('EVENTS_URL is not a valid URL');
  expect(stdout + stderr).not.toContain('heron');
});

/** Where it says that the API is. */
async function firstUrl({ stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>) {
  let said = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  for await (const line of createInterface({ input: stdout })) {
    const [, url] = /^ {2}Gatehouse {3}(http:\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    stdout.resume();
    return url;
  }
  throw new Error(`The server ended without saying where it is:\n${said}`);
}
