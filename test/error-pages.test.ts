import { basename } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type ErrorName, errorPages, findAddress } from '../src/error-pages.ts';
import type { ErrorCode, OperationLimit, UnauthenticatedReason } from '../src/errors.ts';
import { errorCodes } from '../src/operation/errors/graphql-error.ts';
import { pagesBelow, readPage } from './support/documents.ts';
import { repository } from './support/process.ts';

const folder = 'docs/reference/errors';
const pages = new Map(Object.entries(errorPages));
const names = Object.values(errorPages).flat();

/** Codes and reasons in sources that give one by a literal. */
const literals =
  /(?:\b(?:code|reason): |(?:\b(?:Request|Client|Conflict|Unauthenticated|Introspection)Error|\bconflict)\(\s*)'([A-Z]+(?:_[A-Z]+)*)'/g;

/** Codes of mail servers, in the log alone, and those of commands. */
const others = ['EADDRESS', 'FAILED', 'UNKNOWN', 'USAGE'];

const sources = globSync(['src/**/*.ts', 'packages/*/src/**/*.ts'], {
  cwd: repository,
  ignore: ['**/generated/**', 'packages/client/**'],
});

describe('the pages of errors', () => {
  it('are those of the table', () => {
    expect(pagesBelow(folder).map((page) => basename(page, '.md'))).toEqual(
      [...pages.keys()].sort(),
    );
    expect(new Set(names).size).toBe(names.length);
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
    const missing = [...errorCodes, ...given].filter((name) => findAddress(name) === undefined);
    expect([...new Set(missing)].sort()).toEqual(others);
  });

  it('have an address each', () => {
    expect(findAddress('TOKEN_EXPIRED')).toBe(`${folder}/authentication.md#token_expired`);
    expect(findAddress('A_CODE_OF_A_PROJECT')).toBeUndefined();
  });
});
