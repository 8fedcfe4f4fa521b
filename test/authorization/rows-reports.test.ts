import {
  createAccessMatrix,
  createDecideForAnyVariables,
  describeMatrixDifference,
  explain,
  printExplanation,
  printGuardedSchema,
  printVerdict,
  toJson,
  toMarkdown,
} from '@graphql-gatehouse/authorization/reports';
import { compileGuards, compileRules } from '@graphql-gatehouse/authorization/rules';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, guard, holding, withPolicies } from './fixtures.ts';

const both = { reads: [], admits: () => true, where: () => ({}) };
const guarded = (sdl: string) =>
  guard(`${withPolicies} ${sdl}`, { policies: { SELF: both, BOSS: both } });

const bills = `
  type Query {
    bills: [Bill!] @auth(requires: [ADMIN], rows: [SELF, BOSS])
    mine: [Bill!] @auth(rows: [SELF]) @auth(requires: [ADMIN], rows: [BOSS])
    asked(id: ID): [Bill!] @auth(requires: [ADMIN], or: [BOSS]) @auth(requires: [USER], rows: [SELF])
    thing: Thing @public
  }
  interface Thing { id: ID }
  type Bill implements Thing { id: ID parts: [Bill!] @auth(rows: [SELF]) }
`;

describe('an access matrix of narrowed lists', () => {
  const { source, requirements } = guarded(bills);
  const matrix = createAccessMatrix(source, requirements, ['ADMIN', 'USER']);
  const markdown = toMarkdown(matrix);
  const cellsOf = (coordinate: string) =>
    markdown
      .split('\n')
      .find((line) => line.startsWith(`| \`${coordinate}\``))
      ?.split(' | ')
      .slice(2)
      .map((cell) => cell.replace(' |', ''));

  it.each([
    { at: 'Query.bills', cells: ['no', '`rows: SELF or BOSS`', 'all', '`rows: SELF or BOSS`'] },
    {
      at: 'Query.mine',
      cells: ['no', '`rows: SELF and BOSS`', '`rows: SELF`', '`rows: SELF and BOSS`'],
    },
    { at: 'Query.asked', cells: ['no', '`BOSS`, `rows: SELF`', '`rows: SELF`', '`BOSS`'] },
  ])('says who gets all rows of $at, and by which policies the others get some', (row) => {
    expect(cellsOf(row.at)).toEqual(row.cells);
  });

  it('has the same in JSON', () => {
    const { coordinates } = JSON.parse(toJson(matrix));
    expect(coordinates).toContainEqual({
      coordinate: 'Query.bills',
      requirement: '@auth(requires: [ADMIN], rows: [SELF, BOSS])',
      access: {
        anonymous: 'denied',
        authenticated: { rows: [['SELF', 'BOSS']] },
        ADMIN: 'all',
        USER: { rows: [['SELF', 'BOSS']] },
      },
    });
  });

  it('has a difference where a list is no longer narrowed', () => {
    const open = guarded(bills.replace('@auth(requires: [ADMIN], rows: [SELF, BOSS])', '@auth'));
    const after = createAccessMatrix(open.source, open.requirements, ['ADMIN', 'USER']);
    expect(describeMatrixDifference(markdown, toMarkdown(after))).toEqual([
      'opens    Query.bills: requirement @auth(requires: [ADMIN], rows: [SELF, BOSS]) -> @auth, ' +
        'authenticated rows: SELF or BOSS -> yes, ADMIN all -> yes, USER rows: SELF or BOSS -> yes',
    ]);
  });
});

describe('the explanation of an operation on narrowed lists', () => {
  const { source: schema, requirements } = guarded(bills);
  const explained = (text: string, groups: readonly string[] | null) =>
    explain({ schema, requirements, document: parse(text), groups });

  it.each([
    { groups: null, verdict: 401 },
    { groups: [], verdict: 'narrowed' },
    { groups: ['ADMIN'], verdict: 'runs' },
  ])('ends with $verdict for the groups $groups', ({ groups, verdict }) => {
    expect(explained('{ bills { id } }', groups).verdict).toBe(verdict);
  });

  it.each([
    { text: '{ asked { id } }', verdict: 'depends', because: 'a policy has to admit the viewer' },
    { text: '{ bills { id } asked { id } }', verdict: 'depends', because: 'one of two depends' },
    {
      text: '{ thing { ... on Bill { parts { id } } } }',
      verdict: 'narrowed',
      because: 'the run-time type decides only whether the list is there',
    },
    {
      text: '{ bills { id } thing { ... on Bill { parts { id } } } }',
      verdict: 'narrowed',
      because: 'one list is narrowed for certain',
    },
  ])('ends with $verdict when $because', ({ text, verdict }) => {
    expect(explained(text, ['EDITOR']).verdict).toBe(verdict);
  });

  it('prints the policies of the rows, and what the operation returns', () => {
    const lines = printExplanation(explained('{ bills { id } mine { id } }', []));
    expect(lines[1]).toMatch(/filtered to rows of SELF or BOSS$/);
    expect(lines.join('\n')).toMatch(/Query\.mine .* filtered to rows of SELF and BOSS/);
    expect(lines.at(-1)).toBe(
      'Verdict: the operation would run, and return only the rows that the policies above allow.',
    );
  });
});

describe('the schema that a viewer sees', () => {
  const { schema, visibleTo, accessOf } = guarded(bills);

  it('has narrowed lists for every authenticated viewer, and for no anonymous one', () => {
    const fieldsFor = (viewer: typeof anonymous | ReturnType<typeof holding>) =>
      Object.keys(visibleTo(viewer).getQueryType()?.getFields() ?? {});
    expect(fieldsFor(anonymous)).toEqual(['thing']);
    expect(fieldsFor(holding())).toEqual(['bills', 'mine', 'asked', 'thing']);
    expect(accessOf(holding())).toContain('Query.bills');
    expect(accessOf(anonymous)).toEqual(['Query.thing']);
  });

  it.each([
    {
      field: 'bills',
      text: 'For any authenticated viewer. Rows: all for ADMIN, else those of SELF or BOSS.',
    },
    {
      field: 'mine',
      text: 'For any authenticated viewer. Rows: those of SELF. Rows: all for ADMIN, else those of BOSS.',
    },
    { field: 'asked', text: 'For ADMIN, or by BOSS. Rows: all for USER, else those of SELF.' },
  ])('describes the rows of Query.$field', ({ field, text }) => {
    expect(schema.getQueryType()?.getFields()[field]?.description).toBe(text);
  });
});

it('the printed schema has the rows, and front ends get the same rules from it', () => {
  const { source } = guarded(bills);
  const printed = printGuardedSchema(source);
  expect(printed).toContain('bills: [Bill!] @auth(requires: [ADMIN], rows: [SELF, BOSS])');
  const rules = (schema: typeof source) => compileRules(compileGuards(schema));
  expect(rules(buildSchema(printed))).toEqual(rules(source));
  expect(rules(source).requirements).toContainEqual([
    { requires: ['ADMIN'], or: [], rows: ['SELF', 'BOSS'] },
  ]);
});

describe('a mutation whose result a rule can hide', () => {
  const { source: schema, requirements } = guarded(`
    type Bill @auth(requires: [ADMIN], rows: [SELF]) { id: ID }
    type Query { bill: Bill @auth }
    type Mutation { pay: Bill @auth, payStrictly: Bill! @auth }
  `);

  it.each(['pay', 'payStrictly'])('is narrowed in every report, and not refused: %s', (field) => {
    const document = parse(`mutation { ${field} { id } }`);
    const groups = ['USER'];
    expect(explain({ schema, requirements, document, groups })).toMatchObject({
      verdict: 'narrowed',
      coordinates: [{ coordinate: `Mutation.${field}`, depends: false }, {}],
    });
    const verdict = createDecideForAnyVariables(
      { schema, requirements },
      document,
    )(holding('USER'));
    expect(printVerdict(verdict)).toBe('allowed, narrowed');
  });
});
