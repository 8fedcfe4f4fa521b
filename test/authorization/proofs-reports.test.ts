import {
  createAuthDirective,
  createPublicDirective,
  decide,
  directiveTypeDefs,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { createFindRule, decideOperation } from '@graphql-gatehouse/authorization/decision';
import {
  createAccessMatrix,
  explain,
  findOracles,
  findOtherWays,
  parseOperation,
  printExplanation,
  printFederationSchema,
  printGuardedSchema,
  toMarkdown,
} from '@graphql-gatehouse/authorization/reports';
import { compileGuards, compileNeeds, compileRules } from '@graphql-gatehouse/authorization/rules';
import {
  buildSchema,
  GraphQLEnumType,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { compileRequirements } from '../../packages/authorization/src/requirements/requirements.ts';
import {
  groupsOnly,
  guardBuilt,
  holding,
  offencesOf,
  offencesOfBuilt,
  withPolicies,
} from './fixtures.ts';
import { at, createProofs, viewers } from './proofs-world.ts';

const { source, requirements, visibleTo, accessOf, schemaHash } = createProofs();

describe('a schema does not start', () => {
  const age = '@auth(maxAge:) must be a number of seconds, 1 or more';
  const count = '@auth(factors:) must be 1 or 2';
  it.each([
    ['maxAge: 0', [age]],
    ['maxAge: -1', [age]],
    ['maxAge: null', [age]],
    ['factors: 0', [count]],
    ['factors: 3', [count]],
    ['factors: null, maxAge: 0', [age, count]],
    ['maxAge: 1', []],
    ['maxAge: 2147483647, factors: 1', []],
    ['requires: [ADMIN], factors: 2', []],
  ])('with @auth(%s): %j', (args, problems) => {
    const places = [
      'type Query { a(b: In @auth(ARGS)): T @auth(ARGS) }',
      'interface I @auth(ARGS) { c: E @auth(ARGS) }',
      'type T implements I @auth(ARGS) { c: E @auth(ARGS), u: U, s: S }',
      'union U @auth(ARGS) = T',
      'scalar S @auth(ARGS)',
      'enum E @auth(ARGS) { V @auth(ARGS) }',
      'input In @auth(ARGS) { f: Int @auth(ARGS) }',
    ];
    const coordinates = [
      'Query.a',
      'Query.a(b:)',
      'T',
      'I',
      'I.c',
      'E',
      'E.V',
      'T.c',
      'U',
      'S',
      'In',
      'In.f',
    ];
    const found = offencesOf(`${groupsOnly} ${places.join(' ').replaceAll('ARGS', args)}`);
    expect([...found].sort()).toEqual(
      coordinates.flatMap((each) => problems.map((problem) => `${each}: ${problem}`)).sort(),
    );
  });

  it('with a number that is no integer, or without the argument in the definition', () => {
    const of = (maxAge: unknown, directives = codeFirst) =>
      offencesOfBuilt(
        new GraphQLSchema({
          directives,
          query: new GraphQLObjectType({
            name: 'Query',
            fields: {
              a: { type: GraphQLString, extensions: { directives: { auth: { maxAge } } } },
            },
          }),
        }),
      );
    expect(of(1.5)).toEqual([`Query.a: ${age}`]);
    expect(of('600')).toEqual([`Query.a: ${age}`]);
    expect(of(undefined)).toEqual([`Query.a: ${age}`]);
    expect(of(600)).toEqual([]);
    expect(
      offencesOf(
        `${groupsOnly.replace(', maxAge: Int, factors: Int', '')} type Query { a: Int @auth(maxAge: 1) }`,
      ),
    ).toEqual(['Query.a: @auth has no argument "maxAge"']);
  });
});

const group = new GraphQLEnumType({ name: 'Group', values: { ADMIN: {} } });
const codeFirst = [createAuthDirective({ group }), createPublicDirective()];

describe('the definitions of the directives', () => {
  it('have the arguments in SDL and in code', () => {
    const schema = buildSchema(
      `${directiveTypeDefs({ policy: undefined })} enum Group { ADMIN } type Query { a: Int @auth(maxAge: 600, factors: 2) }`,
    );
    expect(guardBuilt(schema).requirements.at('Query.a')).toEqual([
      { requires: [], or: [], maxAge: 600, factors: 2 },
    ]);
    expect(codeFirst[0]?.args.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'requires: [Group!]',
      'readable: Boolean',
      'maxAge: Int',
      'factors: Int',
    ]);
  });

  it('keep them when a schema is printed and read again', () => {
    const again = guardBuilt(buildSchema(printGuardedSchema(source)), {
      policies: {
        SELF: () => true,
        BOSS: () => true,
        MINE: { reads: [], admits: () => true, where: () => ({}) },
      },
    });
    expect(again.requirements.at('Query.freshAndStrong')).toEqual([
      { requires: [], or: [], maxAge: 600, factors: 2 },
    ]);
    expect(again.schemaHash()).toBe(schemaHash());
    const other = printGuardedSchema(source).replaceAll('maxAge: 600', 'maxAge: 601');
    expect(
      guardBuilt(buildSchema(other), {
        policies: {
          SELF: () => true,
          BOSS: () => true,
          MINE: { reads: [], admits: () => true, where: () => ({}) },
        },
      }).schemaHash(),
    ).not.toBe(schemaHash());
  });
});

describe('the access matrix', () => {
  const matrix = toMarkdown(createAccessMatrix(source, requirements, ['ADMIN']));
  it.each([
    '| `Query.fresh` | `@auth(maxAge: 600)` | no | yes, 600 s | yes, 600 s |',
    '| `Query.strong` | `@auth(factors: 2)` | no | yes, 2 factors | yes, 2 factors |',
    '| `Query.freshAndStrong` | `@auth(maxAge: 600, factors: 2)` | no | yes, 2 factors, 600 s | yes, 2 factors, 600 s |',
    '| `Query.freshSecret` | `@auth(requires: [ADMIN], maxAge: 600)` | no | no | yes, 600 s |',
    '| `Query.own` | `@auth(or: [SELF], maxAge: 600)` | no | `SELF`, 600 s | `SELF`, 600 s |',
    '| `Query.bills` | `@auth(requires: [ADMIN], rows: [MINE], maxAge: 600)` | no | `rows: MINE`, 600 s | all, 600 s |',
    '| `Level.HIGH` | `@auth(maxAge: 600)` | no | yes, 600 s | yes, 600 s |',
  ])('has the line %s', (line) => {
    expect(matrix.split('\n')).toContain(line);
  });

  it('has the proof of an enum value that can be read, and of one factor', () => {
    const schema = buildSchema(
      `${groupsOnly} type Query { a: E @auth(factors: 1) } enum E { V @auth(maxAge: 5) @auth(requires: [ADMIN], readable: true) }`,
    );
    const text = toMarkdown(
      createAccessMatrix(schema, compileRequirements(schema, new Map()), ['ADMIN']),
    );
    expect(text).toContain('| no | readable, 5 s | yes, 5 s |');
    expect(text).toContain(
      '| `Query.a` | `@auth(factors: 1)` | no | yes, 1 factor | yes, 1 factor |',
    );
  });
});

describe('an explanation', () => {
  const print = (text: string, groups: readonly string[] | null) =>
    printExplanation(
      explain({ schema: source, requirements, document: parseOperation(text), groups }),
    );

  it('has the proof that is asked for at each coordinate, and for the operation', () => {
    expect(print('{ open fresh strong }', [])).toEqual([
      'path    coordinate    requirement         decision',
      'open    Query.open    -                   allowed',
      'fresh   Query.fresh   @auth(maxAge: 600)  allowed, 600 s',
      'strong  Query.strong  @auth(factors: 2)   allowed, 2 factors',
      '',
      'Verdict: the operation would run.',
      'Authentication: 2 factors, 600 s.',
    ]);
  });

  it('has none where groups refuse, and for what may not be reached', () => {
    expect(print('{ freshSecret }', []).at(-1)).toBe(
      'Verdict: the whole operation would be denied with 403.',
    );
    expect(print('{ fresh }', null).at(-1)).toBe(
      'Verdict: the whole operation would be denied with 401: log in.',
    );
    expect(print('{ node { id } }', []).at(-1)).toMatch(/^Verdict/);
  });
});

describe('a requirement with a proof', () => {
  it('is described in the schema that a viewer sees, where nothing is hidden for a proof', () => {
    const fields = visibleTo(viewers.unproven).getQueryType()?.getFields();
    expect(fields?.fresh?.description).toBe(
      'For any authenticated viewer. Requires a factor confirmed at most 600 seconds ago.',
    );
    expect(fields?.strong?.description).toBe(
      'For any authenticated viewer. Requires 2 kinds of factors confirmed.',
    );
    expect(fields?.secret).toBeUndefined();
    expect(accessOf(viewers.unproven)).toContain('Query.freshAndStrong');
    expect(accessOf(viewers.withheld)).not.toContain('Query.secret');
  });

  it('is described once for clauses that differ by their proofs', () => {
    const { visibleTo: seenBy } = guardBuilt(
      buildSchema(
        `${groupsOnly} type Query { a: Int @auth(maxAge: 60) @auth(requires: [ADMIN], factors: 2) @auth(requires: [ADMIN]) }`,
      ),
    );
    expect(seenBy(holding('ADMIN')).getQueryType()?.getFields().a?.description).toBe(
      'For ADMIN. Requires 2 kinds of factors confirmed at most 60 seconds ago.',
    );
  });

  it('is decided for tests of a schema', () => {
    expect(decide(source, 'Query.fresh', viewers.old, at(0)).outcome).toBe('unproven');
    expect(decide(source, 'Query.fresh', viewers.young, at(0)).outcome).toBe('allowed');
    expect(decide(source, 'Query.fresh', viewers.young).outcome).toBe('unproven');
  });

  it('is for a router that of its groups', () => {
    const sdl = `${groupsOnly}
      interface Node { id: Int @auth(requires: [ADMIN]) }
      type Thing implements Node { id: Int @auth(requires: [ADMIN], maxAge: 60) }
      type Query { a: Thing @auth(requires: [ADMIN], maxAge: 60) b: Node @auth(factors: 2) }`;
    const { source: schema, requirements: of } = guardBuilt(buildSchema(sdl));
    const printed = printFederationSchema(schema, of);
    expect(printed).toContain('a: Thing @requiresScopes(scopes: [["ADMIN"]])');
    expect(printed).toContain('b: Node @authenticated');
    expect(printed).toContain('id: Int @requiresScopes(scopes: [["ADMIN"]])');
    expect(printed).not.toContain('maxAge');
  });
});

describe('the outcome of an operation for a front end', () => {
  const outcomeOf = (schema: GraphQLSchema, text: string, viewer: Viewer, seconds?: number) => {
    const guards = compileGuards(schema);
    const needs = compileNeeds(guards, parse(text));
    if (needs === undefined) throw new Error('unreachable');
    const find = createFindRule(compileRules(guards));
    const now = seconds === undefined ? {} : { now: () => at(seconds) };
    return decideOperation({ ...needs, find, variables: {}, ...now }, viewer);
  };
  const { anonymous, old, young, program } = viewers;

  it.each([
    ['{ fresh }', old, 'reauthenticate'],
    ['{ fresh }', young, 'allowed'],
    ['{ fresh }', anonymous, 'denied'],
    ['{ fresh secret }', old, 'denied'],
    ['{ fresh secretOrOwn }', old, 'reauthenticate'],
    ['{ known secretOrOwn }', old, 'depends'],
    ['{ strong }', program, 'denied'],
    ['{ node { id } }', old, 'depends'],
    ['{ node { id } }', young, 'allowed'],
    ['{ notes { id } }', young, 'narrowed'],
    // The server has to be asked whether the rows pass the policy of the field.
    ['{ notes { id text } }', young, 'depends'],
    ['{ notes { id text } }', old, 'reauthenticate'],
  ] as const)('of %s for %o is %s', (text, viewer, outcome) => {
    expect(outcomeOf(source, text, viewer, 0)).toBe(outcome);
  });

  it('is that of the present time by default', () => {
    expect(outcomeOf(source, '{ fresh }', young)).toBe('reauthenticate');
  });

  it('depends where a field can return an enum value that asks for a proof', () => {
    const schema = buildSchema(
      `${groupsOnly} type Query { a: E @public } enum E { V @auth(maxAge: 5) @auth(requires: [ADMIN], readable: true) }`,
    );
    expect(outcomeOf(schema, '{ a }', young, 0)).toBe('depends');
    expect(outcomeOf(schema, '{ a }', old, 0)).toBe('depends');
  });
});

describe('findings', () => {
  it('name the proof that an argument lacks', () => {
    const sdl = `${groupsOnly}
      type Query { things(secret: Int): [Thing!] @auth }
      type Thing { secret: Int @auth(requires: [ADMIN], maxAge: 60) }`;
    const { source: schema, requirements: of } = guardBuilt(buildSchema(sdl));
    expect(findOracles(schema, of)).toMatchObject([
      { coordinate: 'Query.things(secret:)', advice: 'add @auth(requires: [ADMIN], maxAge: 60)' },
    ]);
  });

  it('name a way to rows that asks for no proof', () => {
    const sdl = (guarded: string) => `${withPolicies}
      type Query { things: [Thing!] @auth(requires: [ADMIN], rows: [SELF], maxAge: 60) thing: Thing ${guarded} }
      type Thing { id: Int }`;
    const find = (guarded: string) => {
      const { source: schema, requirements: of } = guardBuilt(buildSchema(sdl(guarded)), {
        policies: { SELF: { reads: [], admits: () => true, where: () => ({}) }, BOSS: () => true },
      });
      return findOtherWays(schema, of).map(({ coordinate }) => coordinate);
    };
    expect(find('@auth(requires: [ADMIN])')).toEqual(['Query.thing']);
    expect(find('@auth(requires: [ADMIN], maxAge: 61)')).toEqual(['Query.thing']);
    expect(find('@auth(requires: [ADMIN], maxAge: 60)')).toEqual([]);
  });
});
