import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findCircles, findFolderCircles } from './architecture-circles.ts';
import { findBreaches, findNeedlessRules } from './architecture-rules.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Every module of `src` and of the packages, but for those that are generated. */
function readSource(): ReadonlyMap<string, string> {
  const packages = readdirSync(`${repository}packages`).map((name) => `packages/${name}/src/`);
  return readModules(['src/', ...packages]);
}

const readModules = (folders: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    folders.flatMap((folder) =>
      readdirSync(repository + folder, { recursive: true, encoding: 'utf8' })
        .map((path) => folder + path.replaceAll('\\', '/'))
        .filter((path) => /\.tsx?$/.test(path) && !path.includes('generated/'))
        .map((path) => [path.replace(/^src\//, ''), readFileSync(repository + path, 'utf8')]),
    ),
  );

describe('the source', () => {
  it('is all there to be read', () => {
    expect([...readSource().keys()]).toEqual(
      expect.arrayContaining([
        'main.ts',
        'identity/users/user.store.ts',
        'packages/authorization/src/decision/decision.ts',
      ]),
    );
  });

  it('keeps the rules of architecture', () => {
    expect(findBreaches(readSource())).toEqual([]);
  });

  it('needs every rule that lets one folder import another', () => {
    expect(findNeedlessRules(readSource())).toEqual([]);
  });

  it('has no circle of imports, types included', () => {
    expect(findCircles(readSource())).toEqual([]);
    const pages = readModules(['packages/console/pages/src/']);
    expect(pages.size).toBeGreaterThan(100);
    expect(findCircles(pages)).toEqual([]);
  });

  it('finds a circle of imports where there is one', () => {
    const files = new Map([
      ['a.ts', "import type { B } from './b/b.ts';"],
      ['b/b.ts', "export * from './c.ts';"],
      ['b/c.ts', "const a = () => import('../a.ts');"],
      ['d.ts', "import './a.ts';"],
    ]);
    expect(findCircles(files)).toEqual([['a.ts', 'b/b.ts', 'b/c.ts']]);
  });

  it('has no folders that import each other, types included', () => {
    expect(findFolderCircles(readSource())).toEqual([]);
  });

  it.each([
    ['two folders side by side', { 'a/b.ts': '../c/d.ts', 'c/e.ts': '../a/f.ts' }, ['a', 'c']],
    [
      'two folders of one folder',
      { 'a/b/c.ts': '../d/e/f.ts', 'a/d/g.ts': '../b/h/i.ts' },
      ['a/b', 'a/d'],
    ],
    [
      'three folders',
      { 'a/b.ts': '../c/d.ts', 'c/e.ts': '../f/g.ts', 'f/h.ts': '../a/i.ts' },
      ['a', 'c', 'f'],
    ],
  ])('finds a circle of %s', (_title, imports, circle) => {
    expect(findFolderCircles(filesWith(imports))).toEqual([circle]);
  });

  it('lets a folder and a folder in it import each other', () => {
    const imports = { 'a/b.ts': './c/d.ts', 'a/c/e.ts': '../f.ts', 'g.ts': './a/f.ts' };
    expect(findFolderCircles(filesWith({ ...imports, 'a/h.ts': '../i.ts' }))).toEqual([]);
  });

  it('reaches from the examples only the public doors', () => {
    const examples = readdirSync(`${repository}examples`, {
      recursive: true,
      encoding: 'utf8',
    })
      .filter((path) => path.endsWith('.ts') && !path.includes('generated'))
      .map((path) => readFileSync(`${repository}examples/${path}`, 'utf8'));
    expect(examples).not.toHaveLength(0);
    expect(
      examples.filter((text) => /from '(\.\.\/)+src\/|from '\.\..*packages/.test(text)),
    ).toEqual([]);
  });
});

/** Files with one import of a type each, and the files that they import. */
function filesWith(imports: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const targets = Object.entries(imports).map(([path, from]) => posix.join(path, '..', from));
  return new Map([
    ...targets.map((path) => [path, ''] as const),
    ...Object.entries(imports).map(
      ([path, from]) => [path, `import type { A } from '${from}';`] as const,
    ),
  ]);
}

/** The breaches of one file. */
const breachesOf = (path: string, text: string) => findBreaches(new Map([[path, text]]));

describe('the rules of who may import whom', () => {
  it.each([
    ['packages/authorization/src/plan/a.ts', "import { a } from '../../../../src/errors.ts';"],
    ['context/context.ts', "import { a } from '../packages/authorization/src/index.ts';"],
    ['values/groups.ts', "import type { Viewer } from '../authentication/viewer.ts';"],
    ['changes/origin.ts', "import type { A } from '../context/context.ts';"],
    ['authentication/viewer.ts', "export * from '../database/connect.ts';"],
    ['config/config.ts', "export { createLogger } from '../observability/logger.ts';"],
    ['database/connect.ts', "import { parseConfig } from '../config/config.ts';"],
    ['observability/logger.ts', "const c = () => import('../config/config.ts');"],
    ['errors.ts', "type Viewer = import('./authentication/viewer.ts').Viewer;"],
    ['identity/users/user.resolvers.ts', "import type { A } from '../../database/connect.ts';"],
    ['identity/users/user.store.ts', "import { connect } from '../../database/connect.ts';"],
    ['identity/users/user.store.ts', "import { type A, b } from '../../database/connect.ts';"],
    ['context/context.ts', "import type { Server } from '../doors/http/server.ts';"],
    ['doors/http/server.ts', "import type { Database } from '../../database/connect.ts';"],
    ['doors/http/server.ts', "import { createApp } from '../../app.ts';"],
    ['cli/start.ts', "import { connectDatabase } from '../database/connect.ts';"],
    ['gatehouse/app.ts', "import { runCli } from '../cli/cli.ts';"],
    ['main.ts', "import { createApp } from './app.ts';"],
    ['database/connect.ts', "const l = () => require('../observability/logger.ts');"],
  ])('refuse in %s: %s', (path, text) => {
    expect(breachesOf(path, text)).toEqual([expect.stringContaining(`${path}: may not import`)]);
  });

  it.each([
    ['doors/http/server.ts', "import { version } from '../../../package.json';", 'outside src'],
    ['doors/http/server.ts', 'const part = (name: string) => import(name);', 'only a run can tell'],
    ['doors/http/server.ts', "import '../../context/context.ts';", 'for an effect'],
    ['metrics/metrics.ts', 'export const metrics = 1;', 'no part that the rules know'],
    ['helpers.ts', 'export const helpers = 1;', 'no part that the rules know'],
  ])('refuse in %s: %s', (path, text, breach) => {
    expect(breachesOf(path, text)).toEqual([expect.stringContaining(breach)]);
  });

  it.each([
    [
      'doors/http/server.ts',
      "import type { Authorization } from '@graphql-gatehouse/authorization';",
    ],
    [
      'identity/users/user.store.ts',
      "import type { Prisma } from '../../database/generated/client.ts';",
    ],
    ['identity/users/user.records.ts', "import { type A } from '../../database/connect.ts';"],
    ['database/errors.ts', "import { ClientError } from '../errors.ts';"],
    ['database/connect.ts', "import { createDatabase } from './connection.ts';"],
    ['gatehouse/app.ts', "import { createServer } from '../doors/http/server.ts';"],
    [
      'config/config.ts',
      "// import { a } from '../app.ts';\nexport const a = \"from '../app.ts'\";",
    ],
  ])('allow in %s: %s', (path, text) => {
    expect(breachesOf(path, text)).toEqual([]);
  });
});

describe('the rule of who may write', () => {
  it.each([
    'const write = (database: A) => database.$transaction(async () => {});',
    'const write = ({ database }: A) => database.user.create({ data: {} });',
    'const write = (database: A) =>\n  database.user\n    .updateManyAndReturn({ data: {} });',
    'const write = (database: A) => database.$executeRaw`DELETE FROM gatehouse.users`;',
    'const write = (database: A) => recordEvent(database, origin, event);',
  ])('refuses in a store: %s', (text) => {
    expect(breachesOf('identity/users/user.store.ts', text)).toEqual([
      'identity/users/user.store.ts: writes 1 times outside of `changes`, not 0',
    ]);
  });

  it.each([
    ['identity/users/user.store.ts', 'const a = (transaction: A) => transaction.user.create({});'],
    ['identity/users/user.store.ts', 'const a = (database: A) => database.user.findMany();'],
    ['changes/data-client.ts', 'const a = (client: A) => client.$transaction(async () => {});'],
  ])('allows in %s: %s', (path, text) => {
    expect(breachesOf(path, text)).toEqual([]);
  });
});

describe('the doors of libraries', () => {
  it.each([
    ['authentication/username.ts', "import bcrypt from 'bcrypt';"],
    ['doors/request/request-context.ts', "import jwt from 'jsonwebtoken';"],
    ['authentication/signing-keys.ts', "import jwt from 'jsonwebtoken';"],
    ['authentication/bearer.ts', "import type { GraphQLSchema } from 'graphql';"],
    ['context/context.ts', "import type { ApolloServer } from '@apollo/server';"],
    ['packages/authorization/src/index.ts', "import type { BaseContext } from '@apollo/server';"],
    [
      'packages/authorization/src/hosts/apollo.ts',
      "import { ApolloServer } from '@apollo/server';",
    ],
    [
      'packages/authorization/src/hosts/apollo.ts',
      "import { expressMiddleware } from '@apollo/server/express4';",
    ],
    [
      'packages/client/src/can.ts',
      "import { createAuthorization } from '@graphql-gatehouse/authorization';",
    ],
    ['packages/client/src/can.ts', "import type { GraphQLSchema } from 'graphql';"],
    ['packages/client/src/vue.ts', "import { useState } from 'react';"],
    ['doors/http/server.ts', "import { decide } from '@graphql-gatehouse/authorization/decision';"],
    ['cli/start.ts', "import Fastify from 'fastify';"],
    ['identity/users/user.store.ts', "import { Prisma } from '@prisma/client';"],
    ['gatehouse/app.ts', "import { Pool } from 'pg';"],
    ['config/config.ts', "import { PGlite } from '@electric-sql/pglite';"],
    ['schema/compose-schema.ts', "import leftPad from 'left-pad';"],
  ])('are shut in %s to: %s', (path, text) => {
    expect(breachesOf(path, text)).toEqual([expect.stringMatching(/library/)]);
  });

  it.each([
    ['authentication/password.ts', "import bcrypt from 'bcrypt';"],
    [
      'packages/client/src/can.ts',
      "import { decide } from '@graphql-gatehouse/authorization/decision';",
    ],
    [
      'packages/authorization/src/hosts/apollo.ts',
      "import type { BaseContext } from '@apollo/server';",
    ],
    ['database/schema-engine.ts', "import x from '@prisma/schema-engine-wasm/schema_engine_bg';"],
    ['doors/http/server.ts', "import { randomUUID } from 'node:crypto';"],
  ])('are open in %s to: %s', (path, text) => {
    expect(breachesOf(path, text)).toEqual([]);
  });
});

describe('the rules of a module', () => {
  it.each([
    ['const a = b as string;', 'uses `as`'],
    ['const a = <string>b;', 'uses `as`, in its old form'],
    ['const a: any = 1;', 'uses `any`'],
    ['const a = b!.c;', 'uses the non-null `!`'],
    ['let a!: string;', 'uses the non-null `!`'],
    ['class A { b!: string; }', 'uses the non-null `!`'],
    ['// @ts-ignore\nconst a = 1;', 'silences the compiler'],
    ['/* @ts-expect-error */ const a = 1;', 'silences the compiler'],
    ['const a = process.env.PORT;', 'reads the environment'],
    ["const a = process['env'];", 'reads the environment'],
    ['const { env } = process;', 'reads the environment'],
    ['const a = globalThis.process.env;', 'reads the environment'],
    ["import { env } from 'node:process';", 'reads the environment'],
    ['start();', 'runs when imported'],
    ['if (a) start();', 'runs when imported'],
    ['const = 1;', 'cannot be parsed'],
  ])('refuse: %s', (text, breach) => {
    expect(breachesOf('doors/http/server.ts', text)).toEqual([`doors/http/server.ts: ${breach}`]);
  });

  it.each([
    ['const a = [1] as const;'],
    ["import { a as b } from './health.ts';"],
    ["import * as all from './health.ts';"],
    ["// as any, b!, process.env\nconst a = 'b as any; c!.d; process.env; @ts-ignore';"],
    ['const a = process.pid;'],
  ])('allow: %s', (text) => {
    expect(breachesOf('doors/http/server.ts', text)).toEqual([]);
  });

  it('allow a file 400 lines, and refuse one more', () => {
    const longest = `const a = 1;${'\n'.repeat(399)}const b = 2;\n`;
    expect(breachesOf('doors/http/server.ts', longest)).toEqual([]);
    expect(breachesOf('doors/http/server.ts', `\n${longest}`)).toEqual([
      'doors/http/server.ts: has 401 lines, more than 400',
    ]);
  });

  it('let the entry alone run and read the environment', () => {
    expect(breachesOf('main.ts', 'start(process.env);')).toEqual([]);
  });

  it('let no object of each request begin with a spread', () => {
    const begins = 'const a = () => ({ ...b, c });';
    expect(breachesOf('doors/request/request-context.ts', begins)).toEqual([
      'doors/request/request-context.ts: begins an object with a spread in each request',
    ]);
    expect(
      breachesOf('doors/request/request-context.ts', 'const a = () => ({ c, ...b });'),
    ).toEqual([]);
    expect(breachesOf('doors/request/request-context.ts', 'const a = () => ({ ...b });')).toEqual(
      [],
    );
    expect(breachesOf('doors/http/server.ts', begins)).toEqual([]);
  });

  it('let no object literal have a getter, but for what is created once', () => {
    const getter = 'const a = () => ({ b: 1, get c() { return 2; } });';
    const breach = 'doors/http/server.ts: has a getter or setter in an object literal';
    expect(breachesOf('doors/http/server.ts', getter)).toEqual([breach]);
    expect(breachesOf('doors/http/server.ts', 'const a = { set c(b) {} };')).toEqual([breach]);
    expect(breachesOf('doors/http/server.ts', 'class A { get c() { return 2; } }')).toEqual([]);
    expect(breachesOf('authentication/keys/signing-keys.ts', getter)).toEqual([]);
  });

  it('let the public door of a server that exists read the environment, but not run', () => {
    expect(breachesOf('gatehouse/start-gatehouse.ts', 'const a = process.env;')).toEqual([]);
    expect(breachesOf('gatehouse/start-gatehouse.ts', 'start();')).toEqual([
      'gatehouse/start-gatehouse.ts: runs when imported',
    ]);
  });
});
