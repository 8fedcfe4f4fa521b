import { createFindRule } from '@graphql-gatehouse/authorization/decision';
import { compileGuards, compileRules } from '@graphql-gatehouse/authorization/rules';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { groupsOnly } from './fixtures.ts';

const rules = compileRules(
  compileGuards(
    buildSchema(`${groupsOnly}
      scalar Day @auth
      enum Level { LOW HIGH @auth(requires: [ADMIN]) }
      input Filter { level: Level, day: Day, n: Int, and: [Filter!] }
      type Query {
        now: Int @public
        boxes(all: Boolean @auth(requires: [ADMIN]), filter: Filter, n: Int): [Box!] @auth
      }
      interface Thing { n: Int }
      type Box implements Thing { n: Int, secret: Int @auth(requires: [ADMIN]) @auth }
      union Any = Box
    `),
  ),
);

const login = { requires: [], or: [] };
const admin = { requires: ['ADMIN'], or: [] };

describe('the table of rules', () => {
  it('has each requirement once, and each type with its members', () => {
    expect(rules).toStrictEqual({
      requirements: [[login], [admin], [admin, login]],
      types: {
        Group: ' ADMIN EDITOR USER',
        Day: ':0',
        Level: ' LOW HIGH:1',
        Filter: ' level>Level day:0 n and>Filter',
        Query: ' now boxes:0(all:1,filter,n)',
        Box: ' n secret:2',
        Thing: ' n',
        Any: '',
        Int: '',
        Boolean: '',
        String: '',
      },
    });
  });

  it.each([
    { coordinate: 'Day', rule: { requirement: [login], inputType: undefined } },
    { coordinate: 'Level', rule: { requirement: [], inputType: undefined } },
    { coordinate: 'Filter.and', rule: { requirement: [], inputType: 'Filter' } },
    { coordinate: 'Query.boxes', rule: { requirement: [login], inputType: undefined } },
    { coordinate: 'Query.boxes(all:)', rule: { requirement: [admin], inputType: undefined } },
    { coordinate: 'Query.boxes(n:)', rule: { requirement: [], inputType: undefined } },
  ])('is read at $coordinate', ({ coordinate, rule }) => {
    expect(createFindRule(rules)(coordinate)).toStrictEqual(rule);
  });

  it('is read with more than ten requirements', () => {
    const requirements = Array.from({ length: 12 }, (_, index) =>
      index === 11 ? [admin] : [login],
    );
    const find = createFindRule({ requirements, types: { I: ':11 a:11>B b(c:11)' } });
    expect(['I', 'I.a', 'I.b(c:)'].map((each) => find(each)?.requirement)).toEqual([
      [admin],
      [admin],
      [admin],
    ]);
  });

  it.each(['a!', '!a', 'a:x', 'a>', 'a(b', 'a:0:0'])(
    'has no rule for the damaged member %s',
    (member) => {
      const find = createFindRule({ requirements: [[login]], types: { T: ` ${member}` } });
      expect(find('T.a')).toBeUndefined();
    },
  );
});
