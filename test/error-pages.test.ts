import { basename } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import { type ErrorName, errorPages, NamedError, pagesOf } from '../src/error-pages.ts';
import type { ErrorCode, OperationLimit, UnauthenticatedReason } from '../src/errors.ts';
import { errorCodes } from '../src/operation/errors/graphql-error.ts';
import type { Domain } from '../src/schema/domain.ts';
import { startTestGatehouse } from '../src/testing.ts';
import { pagesBelow, readPage } from './support/documents.ts';
import { repository, useGatehouse } from './support/process.ts';

const gatehouse = useGatehouse();
const folder = 'docs/reference/errors';
const pages = new Map(Object.entries(errorPages));
const names = Object.values(errorPages).flat();
const known: ReadonlySet<string> = new Set(names);

/** Codes and reasons in sources that give one by a literal. */
const literals =
  /(?:\b(?:code|reason): |(?:\b(?:Request|Client|Conflict|Unauthenticated|Introspection)Error|\bconflict)\(\s*)'([A-Z]+(?:_[A-Z]+)*)'/g;

/** Codes of mail servers and identity providers, in logs alone, and those of commands. */
const others = ['EADDRESS', 'FAILED', 'TIMEOUT', 'UNKNOWN', 'USAGE'];

/** Names of checks, in sources that give one by a literal. */
const checkNames = /\b(?:warning|problem)\(\s*'([^']+)'|\bname(?: =|:) '([^']+)'/g;

const sources = globSync(['src/**/*.ts', 'packages/*/src/**/*.ts'], {
  cwd: repository,
  ignore: ['**/generated/**', 'packages/client/**'],
});

describe('the pages of errors', () => {
  it('are those of the table', () => {
    expect(pagesBelow(folder).map((page) => basename(page, '.md'))).toEqual(
      [...pages.keys()].sort(),
    );
    expect(known.size).toBe(names.length);
  });

  it.each([...pages.keys()])(
    '%s has a heading for each name of the table, in its order',
    (page) => {
      const headings = [...readPage(`${folder}/${page}.md`).matchAll(/^##+ (.+)$/gm)];
      expect(headings.map(([, heading]) => heading)).toEqual(pages.get(page));
    },
  );

  it('have every code and reason that a client can get', () => {
    expectTypeOf<ErrorCode | UnauthenticatedReason | OperationLimit>().toExtend<ErrorName>();
    const given = sources.flatMap((path) =>
      [...readPage(path).matchAll(literals)].map(([, name = '']) => name),
    );
    expect(given).toEqual(expect.arrayContaining(['POLICY_FAILED', 'ROWS', 'MAIL_INSTEAD']));
    const missing = [...errorCodes, ...given].filter((name) => !known.has(name));
    expect([...new Set(missing)].sort()).toEqual(others);
  });

  it('have every check of doctor that can advise', () => {
    const checks = globSync(['src/doctor/*.ts', 'packages/*/src/**/{*check*,doctor}.ts'], {
      cwd: repository,
      ignore: ['packages/authorization/**'],
    }).flatMap((path) =>
      [...readPage(path).matchAll(checkNames)].map(([, called, name = called ?? '']) => name),
    );
    expect(new Set(checks)).toEqual(new Set(errorPages.doctor));
  });

  it('have an address each', () => {
    expect(new Set(pagesOf(names)).size).toBe(names.length);
    expect(pagesOf(['TOKEN_EXPIRED', 'unknown-group', 'TOKEN_EXPIRED'])).toEqual([
      `${folder}/authentication.md#token_expired`,
      `${folder}/guards.md#unknown-group`,
    ]);
  });

  it('stand below the message of a command that fails, once for each name', async () => {
    const { code, stderr } = await gatehouse.runHere(['start'], {
      PORT: 'http',
      LOG_LEVEL: 'loud',
    });
    expect([code, stderr.split('\n').slice(-2)]).toEqual([
      1,
      [`${folder}/startup.md#invalid-setting`, ''],
    ]);
  });

  it('are in the error of a schema that cannot be guarded, for those who start it themselves', async () => {
    const typeDefs = 'extend type Query { open: String strict: String @auth(requires: [ADMIM]) }';
    const resolvers = { Query: { open: () => '', strict: () => '' } };
    const start = startTestGatehouse({ domains: [{ name: 'open', typeDefs, resolvers }] });
    await expect(start).rejects.toMatchObject({
      name: 'CompositionError',
      pages: pagesOf(['unguarded-root-field', 'unknown-group']),
    });
  });

  it('are in no answer to a client', async () => {
    const open: Domain = {
      name: 'open',
      typeDefs:
        'extend type Query { broken(id: ID): String @public named: String @auth(requires: [ADMIN]) }',
      resolvers: {
        Query: {
          broken: () => Promise.reject(new NamedError('unknown-group', 'no such group')),
          named: () => '',
        },
      },
    };
    const server = await startTestGatehouse({ domains: [open] });
    onTestFinished(server.close);
    const answers = ['{ broken }', '{ named }', '{ nothing }', '{', '{ node(id: 1) { id } }'].map(
      async (query) => {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ query });
        const response = await fetch(server.url, { method: 'POST', headers, body });
        return [response.status, await response.text()] as const;
      },
    );
    const all = await Promise.all(answers);
    expect(all.map(([status]) => status)).toEqual([200, 401, 400, 400, 400]);
    expect(all.filter(([, text]) => /reference|pages|no such group/.test(text))).toEqual([]);
  });
});
