import {
  createAuthDirective,
  createImpliesDirective,
  createPublicDirective,
  decide,
  directiveTypeDefs,
} from '@graphql-gatehouse/authorization';
import {
  createFindRule,
  decideRequirement,
  decideOperation as decideWithRules,
} from '@graphql-gatehouse/authorization/decision';
import {
  createAccessMatrix,
  explain,
  parseOperation,
  printExplanation,
  printFederationSchema,
} from '@graphql-gatehouse/authorization/reports';
import {
  compileGuards,
  compileNeeds,
  compileRules,
  schemaHash,
} from '@graphql-gatehouse/authorization/rules';
import {
  buildSchema,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLObjectType,
  GraphQLSchema,
  parse,
  printSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  anonymous,
  ask,
  guard,
  guardBuilt,
  holding,
  offencesOf,
  offencesOfBuilt,
} from './fixtures.ts';

/** The groups of the contract's example. */
const groups =
  'ADMIN @implies(groups: [MANAGER, AUDITOR]) MANAGER @implies(groups: [STAFF]) AUDITOR STAFF';

const withGroups = (values: string) =>
  `${directiveTypeDefs({ policy: undefined })} enum Group { ${values} }`;

const sdl = `${withGroups(groups)}
  type Query {
    staff: Int @auth(requires: [STAFF])
    managed: Int @auth(requires: [MANAGER])
    audited: Int @auth(requires: [AUDITOR])
    either: Int @auth(requires: [AUDITOR, STAFF])
    both: Int @auth(requires: [AUDITOR]) @auth(requires: [STAFF])
    admin: Int @auth(requires: [ADMIN])
  }`;
const authorization = guard(sdl);
const { source, requirements } = authorization;

const fields = ['staff', 'managed', 'audited', 'either', 'both', 'admin'];
const held = [
  { group: 'STAFF', mayRead: ['staff', 'either'] },
  { group: 'AUDITOR', mayRead: ['audited', 'either'] },
  { group: 'MANAGER', mayRead: ['staff', 'managed', 'either'] },
  { group: 'ADMIN', mayRead: fields },
];

describe.each(held)('a viewer in only the group $group', ({ group, mayRead }) => {
  const viewer = holding(group);
  const whatIsAllowed = (isAllowed: (field: string) => boolean) => fields.filter(isAllowed);

  it('may read what its group and the groups that it implies may read', async () => {
    const refused = await ask(authorization, `{ ${fields.join(' ')} }`, { viewer });
    const denied = new Set(refused.map((each) => each.replace(/.* at /, '')));
    expect(whatIsAllowed((field) => !denied.has(field))).toEqual(mayRead);
  });

  it('is granted the same by every report, by the visible schema and by the rules for front ends', () => {
    const coordinates = mayRead.map((field) => `Query.${field}`);
    expect(authorization.accessOf(viewer)).toEqual(coordinates);
    expect(Object.keys(authorization.visibleTo(viewer).getQueryType()?.getFields() ?? {})).toEqual(
      mayRead,
    );
    const { columns, rows } = createAccessMatrix(source, requirements);
    const column = columns.indexOf(group);
    const granted = rows.filter(({ cells }) => cells[column] === 'allowed');
    expect(granted.map(({ coordinate }) => coordinate)).toEqual(coordinates);
    const explained = explain({
      schema: source,
      requirements,
      groups: [group],
      document: parseOperation(`{ ${fields.join(' ')} }`),
    }).coordinates.filter(({ decision }) => decision.outcome === 'allowed');
    expect(explained.map(({ coordinate }) => coordinate)).toEqual(coordinates);
    const find = createFindRule(compileRules({ schema: source, requirements }));
    const allowed = fields.filter(
      (field) => decideRequirement(find(`Query.${field}`)?.requirement ?? [], viewer) === 'allowed',
    );
    expect(allowed).toEqual(mayRead);
    for (const field of fields) {
      const needs = compileNeeds({ schema: source, requirements }, parse(`{ ${field} }`));
      const outcome = needs && decideWithRules({ ...needs, find, variables: {} }, viewer);
      expect(outcome).toBe(mayRead.includes(field) ? 'allowed' : 'denied');
      expect(decide(source, `Query.${field}`, viewer).outcome === 'allowed').toBe(
        mayRead.includes(field),
      );
    }
  });
});

describe('a schema in which groups imply groups', () => {
  it('names in a refusal, an explanation and the matrix only the groups of the guard', async () => {
    const [denial] = await authorization.authorizeOperation({
      document: parse('{ staff }'),
      contextValue: { viewer: holding('AUDITOR') },
    });
    expect(denial?.denial.requires).toEqual([['STAFF']]);
    const document = parseOperation('{ staff }');
    const request = { schema: source, requirements, document, groups: ['AUDITOR'] };
    expect(JSON.stringify(printExplanation(explain(request)))).not.toMatch(/ADMIN|MANAGER/);
    const row = createAccessMatrix(source, requirements).rows[0];
    expect(row?.requirement).toBe('@auth(requires: [STAFF])');
  });

  it('still refuses everyone without a token', async () => {
    expect(await ask(authorization, '{ staff }', { viewer: anonymous })).toHaveLength(1);
  });

  it('names for a router every group that is enough', () => {
    const printed = printFederationSchema(source, requirements);
    expect(printed).toContain(
      'staff: Int @requiresScopes(scopes: [["STAFF"], ["ADMIN"], ["MANAGER"]])',
    );
    expect(printed).toContain('admin: Int @requiresScopes(scopes: [["ADMIN"]])');
    expect(printed).not.toContain('implies');
  });

  it('does not show the directive to viewers', () => {
    const visible = printSchema(authorization.visibleTo(holding('ADMIN')));
    expect(visible).toContain('admin: Int');
    expect(visible).not.toContain('implies');
  });

  it('has another hash than without the implication', () => {
    const without = sdl.replace('MANAGER @implies(groups: [STAFF])', 'MANAGER');
    expect(schemaHash(buildSchema(without))).not.toBe(schemaHash(source));
  });

  it('adds nothing to clauses that no other group satisfies', () => {
    expect(requirements.at('Query.admin')).toEqual([{ requires: ['ADMIN'], or: [] }]);
    const { requirements: rules } = compileRules(
      compileGuards(buildSchema(sdl.replaceAll(/(?<=[A-Z]) @implies\(.*?\)/g, ''))),
    );
    expect(rules.filter((each) => each.some((clause) => 'satisfiedBy' in clause))).toEqual([]);
  });
});

describe('a schema with such mistakes does not start', () => {
  const query = 'type Query { a: Int @public }';

  it.each([
    {
      title: 'a group that implies itself',
      values: 'A @implies(groups: [A])',
      offences: ['Group.A: it implies itself: A > A'],
    },
    {
      title: 'a circle, and a group that leads to it',
      values: 'A @implies(groups: [B]) B @implies(groups: [C]) C @implies(groups: [B])',
      offences: ['Group.B: it implies itself: B > C > B', 'Group.C: it implies itself: C > B > C'],
    },
    {
      title: 'a misspelt group',
      values: 'ADMIN @implies(groups: [STAF]) STAFF',
      offences: [expect.stringMatching(/^Group\.ADMIN: @implies\(groups:\): .*"STAFF"/)],
    },
    {
      title: 'an empty list',
      values: 'A @implies(groups: [])',
      offences: ['Group.A: @implies must name a group'],
    },
  ])('with $title', ({ values, offences }) => {
    expect(offencesOf(`${withGroups(values)} ${query}`)).toEqual(offences);
  });

  it('with @implies on a value of another enum', () => {
    const other = 'enum Color { RED @implies(groups: [A]) }';
    expect(offencesOf(`${withGroups('A')} ${other} ${query}`)).toEqual([
      'Color.RED: @implies is allowed only on groups',
    ]);
  });
});

describe('@implies in a code-first schema', () => {
  /** Internal values differ from names. */
  function build(implies: unknown): GraphQLSchema {
    const group = new GraphQLEnumType({
      name: 'Group',
      values: {
        BOSS: { value: 'b', extensions: { directives: { implies } } },
        HAND: { value: 'h' },
      },
    });
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: {
        a: { type: GraphQLInt, extensions: { directives: { auth: { requires: ['HAND'] } } } },
      },
    });
    const directives = [
      createAuthDirective({ group }),
      createImpliesDirective({ group }),
      createPublicDirective(),
    ];
    return new GraphQLSchema({ query, types: [group], directives });
  }

  it.each([['HAND'], ['h']])('names groups by name or internal value: %s', async (name) => {
    const guarded = guardBuilt(build({ groups: [name] }));
    expect(await ask(guarded, '{ a }', { viewer: holding('BOSS') })).toEqual([]);
    expect(schemaHash(guarded.source)).not.toBe(schemaHash(build({ groups: ['BOSS'] })));
  });

  it.each([
    {
      title: 'has another argument',
      implies: { group: ['HAND'], groups: ['HAND'] },
      problem: '@implies has no argument "group"',
    },
    {
      title: 'names an unknown group',
      implies: { groups: ['FOOT'] },
      problem: '@implies(groups:): Value "FOOT" does not exist in "Group" enum.',
    },
    { title: 'has no groups', implies: {}, problem: '@implies must name a group' },
    {
      title: 'is an empty list',
      implies: [],
      problem: '@implies must be an object of arguments or a list of such objects, or be omitted',
    },
  ])('is a mistake when it $title', ({ implies, problem }) => {
    expect(offencesOfBuilt(build(implies))).toEqual([`Group.BOSS: ${problem}`]);
  });
});
