import {
  createAccessMatrix,
  describeMatrixDifference,
  toMarkdown,
} from '@graphql-gatehouse/authorization/reports';
import { describe, expect, it } from 'vitest';
import { groupsOnly, guard } from './fixtures.ts';

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
        'changed  Query.a: requirement @auth -> public, anonymous no -> yes',
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
        'changed  Query.a: requirement @auth -> public, anonymous no -> yes',
      ],
    },
    {
      title: 'reads a row that was cut short as empty cells',
      after: before.replace('| `@auth` | no | yes | yes |', '| `@auth` |'),
      difference: [
        'changed  Query.a: anonymous no -> (as its parent), authenticated yes -> (as its parent), ADMIN yes -> (as its parent)',
      ],
    },
  ])('$title', ({ after, difference }) => {
    expect(describeMatrixDifference(before, after)).toEqual(difference);
  });
});
