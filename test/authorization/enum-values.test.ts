import {
  createAdmit,
  decide,
  toDenialResponse,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import {
  createAccessMatrix,
  explain,
  parseOperation,
  printFederationSchema,
  printGuardedSchema,
  toMarkdown,
} from '@graphql-gatehouse/authorization/reports';
import { buildSchema, execute, isEnumType, parse, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createFrontEnd } from '../support/client-documents.ts';
import {
  anonymous,
  ask,
  groupsOnly,
  guard,
  guardBuilt,
  holding,
  offencesOf,
  runAlone,
} from './fixtures.ts';

/** A status that fields return and clients supply, with the guard of its value VOID. */
const sdlOf = (guardOfVoid: string) => `${groupsOnly}
  type Query {
    bills(status: Status): [Bill] @public
    search(filter: Filter, any: [Status!], known: Status = VOID): [Bill!] @public
    counted(status: Status!): Int @public
  }
  type Mutation { touch: Bill @public }
  type Subscription { touched: Bill @public }
  type Bill { id: Int, status: Status, past: [Status!] }
  enum Status { OPEN VOID ${guardOfVoid} }
  input Filter { status: Status, and: [Filter!], known: Status = VOID }`;

const bills = [
  { id: 1, status: 'OPEN', past: [] },
  { id: 2, status: 'VOID', past: ['OPEN', 'VOID'] },
];
const resolvers = {
  Query: { bills: () => bills, search: () => bills, counted: () => bills.length },
  Mutation: { touch: () => bills[1] },
  Subscription: {
    touched: {
      async *subscribe() {
        yield { touched: bills[1] };
      },
    },
  },
};

const strict = guard(sdlOf('@auth(requires: [ADMIN])'), { resolvers });
const readable = guard(sdlOf('@auth(requires: [ADMIN], readable: true)'), { resolvers });
const user = holding('USER');

const supplies = [
  { how: 'inline', text: '{ bills(status: VOID) { id } }', at: 'bills' },
  { how: 'in a list', text: '{ search(any: [OPEN, VOID]) { id } }', at: 'search' },
  { how: 'alone in the place of a list', text: '{ search(any: VOID) { id } }', at: 'search' },
  {
    how: 'in input objects',
    text: '{ search(filter: { and: [{ status: VOID }] }) { id } }',
    at: 'search',
  },
  {
    how: 'by variable',
    text: 'query ($s: Status) { bills(status: $s) { id } }',
    variables: { s: 'VOID' },
    at: 'bills',
  },
  {
    how: 'in a list of a variable',
    text: 'query ($any: [Status!]) { search(any: $any) { id } }',
    variables: { any: ['OPEN', 'VOID'] },
    at: 'search',
  },
  {
    how: 'in an input object of a variable',
    text: 'query ($filter: Filter) { search(filter: $filter) { id } }',
    variables: { filter: { and: [{ status: 'VOID' }] } },
    at: 'search',
  },
  {
    how: 'as the default of a variable',
    text: 'query ($s: Status = VOID) { bills(status: $s) { id } }',
    at: 'bills',
  },
];

describe.each([
  { kind: 'a guarded enum value', authorization: strict },
  { kind: 'a guarded enum value that is readable', authorization: readable },
])('$kind', ({ authorization }) => {
  it.each(supplies)('is refused where a client supplies it: $how', async (given) => {
    const { text, at, variables = {} } = given;
    const expected = [`Status.VOID at ${at}`];
    expect(await ask(authorization, text, { viewer: user, variables })).toEqual(expected);
    expect((await runAlone(authorization, text, { viewer: user, variables })).denied).toEqual(
      expected,
    );
    expect(await ask(authorization, text, { viewer: holding('ADMIN'), variables })).toEqual([]);
  });

  it('is not supplied by a default of the schema', async () => {
    const text = '{ search(filter: {}) { id } }';
    expect(await ask(authorization, text, { viewer: user })).toEqual([]);
    expect((await runAlone(authorization, text, { viewer: user })).denied).toEqual([]);
  });
});

/** The status and the answer of a host. */
async function answer(
  authorization: typeof strict,
  text: string,
  { viewer = user, prefer }: { readonly viewer?: Viewer; readonly prefer?: string } = {},
) {
  const request = { document: parse(text), contextValue: { viewer } };
  const admission = await createAdmit(authorization)({ ...request, prefer });
  if (admission.kind !== 'admitted') throw new Error('It is refused before it runs.');
  const { schema } = authorization;
  const { denials, result } = await admission.finish(await execute({ schema, ...request }));
  const status = denials.length > 0 ? toDenialResponse(denials, 'test').status : 200;
  return { status, ...JSON.parse(JSON.stringify(result)) };
}

describe('a field that returns a guarded enum value', () => {
  const list = '{ bills { id status } }';

  it('is refused with the whole query, also for one item of a list', async () => {
    expect((await runAlone(strict, list, { viewer: user })).denied).toEqual([
      'Status.VOID at bills.1.status',
    ]);
    const { status, data, errors } = await answer(strict, list);
    expect([status, data]).toEqual([403, undefined]);
    expect(errors).toMatchObject([
      { path: ['bills', 1, 'status'], extensions: { coordinate: 'Status.VOID' } },
    ]);
  });

  it('is null where lenient handling is preferred, in the payload of a mutation and in an event', async () => {
    const lenient = await answer(strict, list, { prefer: 'handling=lenient' });
    const [open, hidden] = [
      { id: 1, status: 'OPEN' },
      { id: 2, status: null },
    ];
    expect([lenient.status, lenient.data]).toEqual([200, { bills: [open, hidden] }]);
    const touched = await answer(strict, 'mutation { touch { id status } }');
    expect([touched.status, touched.data]).toEqual([200, { touch: hidden }]);
    expect(touched.errors).toHaveLength(1);
    const events = await strict.subscribe({
      schema: strict.schema,
      document: parse('subscription { touched { id status } }'),
      contextValue: { viewer: user },
    });
    if (!(Symbol.asyncIterator in events)) throw new Error('It is refused.');
    const { value } = await events.next();
    expect(JSON.parse(JSON.stringify(value))).toMatchObject({
      data: { touched: hidden },
      errors: [{ path: ['touched', 'status'] }],
    });
  });

  it('is delivered where the value is readable, in lists too', async () => {
    const text = '{ bills { id status past } search { past } }';
    const data = { bills, search: bills.map(({ past }) => ({ past })) };
    for (const viewer of [anonymous, user, holding('ADMIN')]) {
      expect(await answer(readable, text, { viewer })).toEqual({ status: 200, data });
    }
  });

  it('needs the clauses of the value that are not readable', async () => {
    const both = guard(sdlOf('@auth(requires: [ADMIN], readable: true) @auth(requires: [USER])'), {
      resolvers,
    });
    expect((await answer(both, list)).data.bills).toHaveLength(2);
    expect((await answer(both, list, { viewer: holding('ADMIN') })).status).toBe(403);
    const supplied = '{ bills(status: VOID) { id } }';
    const groups = [['USER'], ['ADMIN'], ['USER', 'ADMIN']];
    const answers = groups.map((each) => ask(both, supplied, { viewer: holding(...each) }));
    expect((await Promise.all(answers)).map(({ length }) => length)).toEqual([1, 1, 0]);
  });
});

describe('a readable enum value in reports', () => {
  const text = '{ bills { status } }';
  const { source: schema, requirements } = readable;

  it('does not make a query depend on data', async () => {
    const decided = await readable.decideOperation({
      document: parse(text),
      contextValue: { viewer: user },
    });
    expect(decided).toMatchObject({ decision: { allowed: true, depends: [] } });
    const explained = explain({
      schema,
      requirements,
      document: parseOperation(text),
      groups: ['USER'],
    });
    expect(explained.verdict).toBe('runs');
    expect(explained.coordinates.map(({ coordinate }) => coordinate)).not.toContain('Status.VOID');
  });

  it('is explained where a client supplies it', () => {
    const document = parseOperation('{ bills(status: VOID) { status } }');
    const explained = explain({ schema, requirements, document, groups: ['USER'] });
    expect(explained.verdict).toBe(403);
  });

  it('is decided by a front end as by the server', () => {
    const frontEnd = createFrontEnd(schema);
    const client = frontEnd.clientOf(['USER']);
    expect(client.can(frontEnd.document(text))).toBe('allowed');
    expect(client.can('Status.VOID')).toBe('denied');
    expect(decide(schema, 'Status.VOID', user).outcome).toBe('forbidden');
    const document = frontEnd.document('query ($s: Status) { bills(status: $s) { status } }');
    const outcomes = ['OPEN', 'VOID'].map((s) => client.can(document, { s }));
    expect(outcomes).toEqual(['allowed', 'denied']);
  });

  it('depends in a front end exactly for those who may not read it', () => {
    const both = buildSchema(
      sdlOf('@auth(requires: [ADMIN], readable: true) @auth(requires: [USER])'),
    );
    const frontEnd = createFrontEnd(both);
    const document = frontEnd.document(text);
    const can = (groups: readonly string[] | null) => frontEnd.clientOf(groups).can(document);
    expect([null, [], ['ADMIN'], ['USER']].map(can)).toEqual([
      'depends',
      'depends',
      'depends',
      'allowed',
    ]);
  });

  it('is readable in the matrix for those who may not supply it', () => {
    const matrix = createAccessMatrix(schema, requirements);
    const row = matrix.rows.find(({ coordinate }) => coordinate === 'Status.VOID');
    expect(row?.cells).toEqual(['readable', 'readable', 'allowed', 'readable', 'readable']);
    expect(toMarkdown(matrix)).toContain(
      '| `Status.VOID` | `@auth(requires: [ADMIN], readable: true)` | readable | readable | yes | readable | readable |',
    );
  });

  it('keeps its guard when the schema is printed and built again', () => {
    const printed = printGuardedSchema(schema);
    const again = guardBuilt(buildSchema(printed));
    expect(again.requirements.at('Status.VOID')).toEqual([
      { requires: ['ADMIN'], or: [], readable: true },
    ]);
    expect(again.schemaHash()).toBe(readable.schemaHash());
    expect(again.schemaHash()).not.toBe(strict.schemaHash());
    expect(printFederationSchema(schema, requirements)).not.toContain('readable');
  });
});

describe('a readable enum value in the visible schema', () => {
  it('is shown to those who may read it, and says who may supply it', () => {
    const status = readable.visibleTo(user).getType('Status');
    const values = isEnumType(status) ? status.getValues() : [];
    expect(values.map(({ name, description }) => [name, description])).toEqual([
      ['OPEN', undefined],
      ['VOID', 'To supply it: For ADMIN.'],
    ]);
    expect(printSchema(strict.visibleTo(user))).not.toContain('VOID');
  });

  it('shows no argument for which the viewer can supply no value', () => {
    const { visibleTo, accessOf } = guard(`${groupsOnly}
      type Query { list(only: Kind): [Kind] @public, one(kind: Kind!): Int @public, in(x: In): Int @public }
      enum Kind { A @auth(requires: [ADMIN], readable: true) }
      input In { kind: Kind, n: Int }`);
    const shown = printSchema(visibleTo(user));
    expect(shown).toContain('list: [Kind]');
    expect(shown).not.toContain('one(');
    expect(shown).not.toContain('kind: Kind');
    expect(accessOf(user)).toEqual(['Query.list', 'Query.in']);
    expect(printSchema(visibleTo(holding('ADMIN')))).toContain('one(kind: Kind!)');
  });
});

describe('`readable` refuses the start', () => {
  const types = 'type Query { a(x: Kind): E @public } enum E { V } enum Kind { K }';
  const onlyOnValues = '`readable` is allowed only on enum values: remove it here';

  it.each([
    { on: 'a field', sdl: types.replace('@public', '@auth(readable: true)'), at: 'Query.a' },
    { on: 'an enum', sdl: types.replace('E {', 'E @auth(readable: true) {'), at: 'E' },
    {
      on: 'an argument',
      sdl: types.replace('Kind)', 'Kind @auth(readable: true))'),
      at: 'Query.a(x:)',
    },
  ])('on $on', ({ sdl, at }) => {
    expect(offencesOf(`${groupsOnly} ${sdl}`)).toEqual([`${at}: ${onlyOnValues}`]);
  });

  it('on a value of an enum that no field returns', () => {
    const sdl = types.replace('{ K }', '{ K @auth(readable: true) }');
    expect(offencesOf(`${groupsOnly} ${sdl}`)).toEqual([
      'Kind.K: no field returns Kind, so `readable` would have no effect: remove it',
    ]);
  });

  it('that is neither true nor false, and where the directive has no such argument', () => {
    const sdl = types.replace('{ V }', '{ V @auth(readable: null) }');
    expect(offencesOf(`${groupsOnly} ${sdl}`)).toEqual([
      'E.V: @auth(readable:) must be true or false',
    ]);
    const without = groupsOnly.replace(', readable: Boolean', '');
    expect(offencesOf(`${without} ${sdl}`)).toEqual(['E.V: @auth has no argument "readable"']);
  });

  it('is accepted as false, which is the default', () => {
    const sdl = types.replace('{ V }', '{ V @auth(readable: false) }');
    expect(guard(`${groupsOnly} ${sdl}`).requirements.at('E.V')).toEqual([
      { requires: [], or: [] },
    ]);
  });
});
