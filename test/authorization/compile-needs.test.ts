import {
  compileGuards,
  compileNeeds,
  type OperationNeeds,
} from '@graphql-gatehouse/authorization/rules';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { groupsOnly } from './fixtures.ts';

/** Everything that is guarded here asks for the same group. */
const guards = compileGuards(
  buildSchema(`${groupsOnly}
    enum Level { LOW HIGH @auth(requires: [ADMIN]) }
    input Filter { level: Level }
    type Query {
      open(n: Int): Int @public
      boxes(all: Boolean @auth(requires: [ADMIN]), level: Level, filter: Filter): [Box] @public
      any: [Any] @public
      some: [Some] @public
    }
    type Box {
      n(all: Boolean @auth(requires: [ADMIN]), filter: Filter): Int
      secret: Int @auth(requires: [ADMIN])
    }
    type Bag { n: Int }
    type Safe @auth(requires: [ADMIN]) { n: Int }
    union Any = Box | Bag
    union Some = Box | Safe
  `),
);

const needsOf = (text: string): OperationNeeds | undefined => compileNeeds(guards, parse(text));

describe('the compiled needs of an operation', () => {
  it.each([
    {
      list: 'a certain coordinate instead of an earlier one that the data decides about',
      text: '{ some { __typename } boxes(all: true) { n } }',
      needs: [{ at: 'Query.boxes(all:)' }],
    },
    {
      list: 'a coordinate as certain that the data decides about elsewhere',
      text: '{ boxes { secret } any { ... on Box { secret } } }',
      needs: [{ at: 'Box.secret' }],
    },
    {
      list: 'a coordinate once that the data decides about in two places',
      text: '{ any { ... on Box { secret } } more: any { ... on Box { secret } } }',
      needs: [{ at: 'Box.secret', maybe: true }],
    },
    {
      list: 'what the data decides about where nothing certain is included',
      text: `query ($a: Boolean!) {
        some { __typename } boxes(all: true) @include(if: $a) { n }
      }`,
      needs: [
        { at: 'Query.boxes(all:)', when: [['a']] },
        { at: 'Safe', when: [['!a']], maybe: true },
      ],
    },
    {
      list: 'what a variable supplies where nothing else is included',
      text: `query ($all: Boolean, $a: Boolean!) {
        boxes(all: $all) { n } more: boxes(level: HIGH) @include(if: $a) { n }
      }`,
      needs: [
        { at: 'Level.HIGH', when: [['a']] },
        { at: 'Query.boxes(all:)', given: 'all', when: [['!a']] },
      ],
    },
    {
      list: 'what a variable supplies for certain instead of what the data decides about',
      text: `query ($all: Boolean) {
        any { ... on Box { n(all: $all) } } boxes(all: $all) { n }
      }`,
      needs: [{ at: 'Query.boxes(all:)', given: 'all' }],
    },
    {
      list: 'what a variable makes certain and the data decides about otherwise',
      text: `query ($all: Boolean) {
        any { ... on Box { n(all: true) } } boxes { n(all: $all) }
      }`,
      needs: [
        { at: 'Box.n(all:)', given: 'all' },
        { at: 'Box.n(all:)', maybe: true },
      ],
    },
    {
      list: 'each of several variables that supply it',
      text: `query ($all: Boolean, $other: Boolean) {
        boxes(all: $all) { n } more: boxes { n(all: $other) }
      }`,
      needs: [
        { at: 'Query.boxes(all:)', given: 'all' },
        { at: 'Box.n(all:)', given: 'other' },
      ],
    },
    {
      list: 'the type of each variable that can hold guarded input',
      text: `query ($one: Filter, $other: Filter, $level: Level, $n: Int) {
        open(n: $n) boxes(filter: $one, level: $level) { n } more: boxes(filter: $other) { n }
      }`,
      needs: [
        { at: 'Filter', in: 'one' },
        { at: 'Level', in: 'level' },
        { at: 'Filter', in: 'other' },
      ],
    },
    {
      list: 'a variable of such a type once, as certain where it is certain',
      text: `query ($one: Filter, $other: Filter) {
        any { ... on Box { n(filter: $one) more: n(filter: $other) } } boxes(filter: $other) { n }
      }`,
      needs: [
        { at: 'Filter', in: 'other' },
        { at: 'Filter', in: 'one', maybe: true },
      ],
    },
  ])('list $list', ({ text, needs }) => {
    expect(needsOf(text)).toStrictEqual({ needs });
  });

  it('have the defaults of the variables that they name, and of no others', () => {
    const text = `query (
      $one: Filter = { level: HIGH }, $all: Boolean = true, $n: Int = 3
      $a: Boolean! = false, $b: Boolean! = true, $c: Boolean! = true
    ) {
      open(n: $n) more: open @include(if: $c)
      boxes(filter: $one, all: $all) @include(if: $a) @skip(if: $b) { n }
    }`;
    const when = [['a', '!b']];
    expect(needsOf(text)).toEqual({
      needs: [
        { at: 'Filter', in: 'one', when },
        { at: 'Query.boxes(all:)', given: 'all', when },
      ],
      defaults: { one: { level: 'HIGH' }, all: true, a: false, b: true },
    });
  });

  it.each([
    { count: 8, needs: [{ at: 'Query.boxes(all:)', when: [['c0']] }] },
    { count: 9, needs: [{ at: '' }] },
  ])('of $count conditions are $needs', ({ count, needs }) => {
    const names = Array.from({ length: count }, (_, index) => `c${index}`);
    const text = `query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) {
      open ${names.map((name) => `${name}: open @include(if: $${name})`).join(' ')}
      boxes(all: true) @include(if: $c0) { n }
    }`;
    expect(needsOf(text)).toStrictEqual({ needs });
  });
});
