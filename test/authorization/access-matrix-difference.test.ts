import {
  createAccessMatrix,
  describeMatrixDifference,
  toMarkdown,
} from '@graphql-gatehouse/authorization/reports';
import { describe, expect, it } from 'vitest';
import { groupsOnly, guard, withPolicies } from './fixtures.ts';

function markdownOf(fields: string, groups = ['ADMIN']): string {
  const { source, requirements } = guard(`${groupsOnly} type Query { ${fields} }`);
  return toMarkdown(createAccessMatrix(source, requirements, groups));
}

const before = markdownOf('a(x: Int): Int @auth');

describe('the difference of two access matrices', () => {
  it.each([
    { title: 'is empty when they are the same', after: before, difference: [] },
    {
      title: 'is empty when they differ in line ends and words around the tables',
      after: before.replaceAll('\n', '\r\n').replace('Access', 'An access'),
      difference: [],
    },
    {
      title: 'names what was there and what is there',
      after: markdownOf('a(x: Int @auth(requires: [ADMIN])): Int @public'),
      difference: [
        'opens    Query.a: requirement @auth -> public, anonymous no -> yes',
        'changed  Query.a(x:): requirement as its parent -> @auth(requires: [ADMIN]), anonymous (as its parent) -> no, authenticated (as its parent) -> no, ADMIN (as its parent) -> yes',
      ],
    },
    {
      title: 'names what is new and what is gone',
      after: markdownOf('a: Int @auth, b: Int @public'),
      difference: [
        'new      Query.b: requirement public, anonymous yes, authenticated yes, ADMIN yes',
        'gone     Query.a(x:)',
      ],
    },
    {
      title: 'says of what is new only what is not as its parent',
      after: markdownOf('a(x: Int, y: Int): Int @auth'),
      difference: ['new      Query.a(y:): requirement as its parent'],
    },
    {
      title: 'reads no row in a text that mentions one',
      after: `${before}\nFormerly: | \`Query.b\` | public |\n\`Query.c\` | public |\n`,
      difference: [],
    },
    {
      title: 'names a new column and a lost one once, whatever their cells',
      after: markdownOf('a(x: Int): Int @auth', ['USER']),
      difference: ['new      column USER', 'gone     column ADMIN'],
    },
    {
      title: 'names beside a new column what changed in the others',
      after: markdownOf('a(x: Int): Int @public', ['ADMIN', 'USER']),
      difference: [
        'new      column USER',
        'opens    Query.a: requirement @auth -> public, anonymous no -> yes',
      ],
    },
    {
      title: 'reads a row that was cut short as empty cells',
      after: before.replace('| `@auth` | no | yes | yes |', '| `@auth` |'),
      difference: [
        'opens    Query.a: anonymous no -> (as its parent), authenticated yes -> (as its parent), ADMIN yes -> (as its parent)',
      ],
    },
  ])('$title', ({ after, difference }) => {
    expect(describeMatrixDifference(before, after)).toEqual(difference);
  });
});

describe('a changed coordinate', () => {
  const policies = { SELF: () => true, BOSS: () => true, CREW: () => true };
  const fields = (a: string) => `type Query { a: T ${a} b: T @public } type T { n: Int }`;
  const matrixOf = (sdl: string) => {
    const { source, requirements } = guard(`${withPolicies} extend enum Policy { CREW } ${sdl}`, {
      policies,
    });
    return toMarkdown(createAccessMatrix(source, requirements));
  };
  const kindsOf = (from: string, to: string) =>
    describeMatrixDifference(matrixOf(fields(from)), matrixOf(fields(to))).map(
      (line) => line.split(' ')[0],
    );

  it.each([
    ['@auth', '@public'],
    ['@auth(requires: [ADMIN])', '@auth'],
    ['@auth(requires: [ADMIN])', '@auth(requires: [ADMIN, EDITOR])'],
    ['@auth(requires: [ADMIN])', '@auth(requires: [ADMIN], or: [SELF])'],
    ['@auth(or: [SELF])', '@auth(or: [SELF, BOSS])'],
    ['@auth(or: [SELF, BOSS]) @auth(or: [CREW])', '@auth(or: [SELF, BOSS])'],
    ['@auth(requires: [ADMIN], maxAge: 600)', '@auth(requires: [ADMIN], maxAge: 900)'],
    ['@auth(requires: [ADMIN], maxAge: 600)', '@auth(requires: [ADMIN])'],
    ['@auth(factors: 2)', '@auth(factors: 1)'],
    [
      '@auth(requires: [ADMIN]) @auth(requires: [EDITOR]) @auth(requires: [USER])',
      '@auth(requires: [ADMIN]) @auth(requires: [EDITOR])',
    ],
  ])('opens where a viewer gets more: %s to %s, and not the other way round', (strict, weak) => {
    expect([kindsOf(strict, weak), kindsOf(weak, strict)]).toEqual([['opens'], ['changed']]);
  });

  it.each([
    ['@auth(or: [SELF])', '@auth(or: [BOSS])'],
    ['@auth(requires: [ADMIN])', '@auth(requires: [EDITOR])'],
    ['@auth(requires: [ADMIN], maxAge: 600)', '@auth(requires: [ADMIN], factors: 2)'],
  ])('opens where other viewers get it: %s and %s', (one, other) => {
    expect([kindsOf(one, other), kindsOf(other, one)]).toEqual([['opens'], ['opens']]);
  });

  it.each([
    ['rows: A', 'all', true],
    ['all', 'rows: A', false],
    ['rows: (A or B) and C', 'rows: C', true],
    ['rows: C', 'rows: (A or B) and C', false],
    [
      'SELF, rows: A, exists: Invoice, Note, 2 factors, 600 s',
      'SELF, rows: A, exists: Invoice, 2 factors, 600 s',
      true,
    ],
    ['exists: Invoice', 'exists: Invoice, Note', false],
    ['no', 'readable, 900 s', true],
    ['readable', 'yes', true],
    ['yes', 'readable', false],
    ['yes', 'no', false],
    ['(as its parent)', 'yes', false],
  ])('is seen in its cells: %s to %s', (from, to, opens) => {
    const table = (cell: string) =>
      `| coordinate | ADMIN |\n| --- | --- |\n| \`Query.a\` | ${cell} |\n`;
    const [line = ''] = describeMatrixDifference(table(from), table(to));
    expect(line.startsWith('opens ')).toBe(opens);
  });
});
