import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createAuthorization, type Viewer } from '../../packages/authorization/src/index.ts';
import { groupsOnly, guard, holding, runAlone, type TestContext } from './fixtures.ts';

const sdl = `${groupsOnly}
  type Query {
    root(x: X): String @public
    me: Me @public
    any: Any @public
  }
  union Any = Me | Other
  type Other { n: Int }
  type Me { nested(x: X): String, strict(x: X): String! }
  input X {
    s: Boolean = false @auth(requires: [ADMIN])
    n: Int = null @auth(requires: [ADMIN])
    l: [Int] = [1] @auth(requires: [ADMIN])
    sub: Sub = { a: 1 } @auth(requires: [ADMIN])
    open: Int = 2
  }
  input Sub { a: Int }`;
const resolvers = {
  Query: {
    root: () => 'root',
    me: () => ({ nested: 'nested', strict: 'strict' }),
    any: () => ({ __typename: 'Me', nested: 'nested' }),
  },
};
const authorization = guard(sdl, { resolvers });

const rows = [
  { title: 'a truth', x: { s: false }, coordinate: 'X.s' },
  { title: 'null', x: { n: null }, coordinate: 'X.n' },
  { title: 'a list', x: { l: [1] }, coordinate: 'X.l' },
  { title: 'one item of a list', x: { l: 1 }, coordinate: 'X.l' },
  { title: 'an object', x: { sub: { a: 1 } }, coordinate: 'X.sub' },
  { title: 'another value', x: { s: true }, coordinate: 'X.s' },
  { title: 'nothing guarded', x: { open: 2 }, coordinate: undefined },
  { title: 'nothing', x: {}, coordinate: undefined },
];

const text = 'query ($x: X) { root(x: $x) me { nested(x: $x) strict(x: $x) } }';
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

describe('by variable, what equals the default of a guarded input field', () => {
  it.each(rows)('is supplied to an operation that was decided before: $title', async (row) => {
    const request = {
      document: parse(text),
      variableValues: { x: row.x },
      contextValue: { viewer: holding() },
    };
    const paths = row.coordinate === undefined ? [] : ['root', 'me.nested', 'me.strict'];
    const expected = paths.map((path) => `${row.coordinate} ${path}`);
    for (const isLenient of [false, true]) {
      const denials = await authorization.authorizeOperation({ ...request, isLenient });
      expect(denials.map(({ denial, path }) => `${denial.coordinate} ${path?.join('.')}`)).toEqual(
        expected,
      );
    }
    const { data, errors = [] } = await execute({ schema: authorization.schema, ...request });
    expect(plain(data)).toEqual(
      row.coordinate === undefined
        ? { root: 'root', me: { nested: 'nested', strict: 'strict' } }
        : { root: null, me: null },
    );
    expect(errors.map(({ path }) => path?.join('.'))).toEqual(
      row.coordinate === undefined ? [] : ['me.strict'],
    );
  });

  it('is supplied where only a run-time type leads, once nothing else was refused', async () => {
    const request = {
      document: parse('query ($n: Int, $x: X) { any { ... on Me { nested(x: $x) } } }'),
      variableValues: { x: { s: false } },
      contextValue: { viewer: holding() },
    };
    expect(await authorization.authorizeOperation(request)).toEqual([]);
    const { data, errors } = await execute({ schema: authorization.schema, ...request });
    expect(plain(data)).toEqual({ any: { nested: null } });
    expect(errors).toMatchObject([{ extensions: { coordinate: 'X.s' } }]);
  });

  it('is supplied to nothing but the execution that was decided', async () => {
    const contextValue = { viewer: holding() };
    const document = parse(text);
    const decide = (x: object) =>
      authorization.authorizeOperation({
        document,
        contextValue,
        variableValues: { x },
        isLenient: true,
      });
    await decide({ s: false });
    // Decided for other variables: what differs from a default is refused all the same.
    const { data } = await execute({
      schema: authorization.schema,
      document,
      contextValue,
      variableValues: { x: { l: [7] } },
    });
    expect(plain(data)).toEqual({ root: null, me: null });
  });

  it('looks like an absent one to the guarded schema alone, and changes nothing', async () => {
    for (const { x } of rows.filter((row) => row.title !== 'another value')) {
      const found = await runAlone(authorization, text, { viewer: holding(), variables: { x } });
      expect(found).toEqual({
        data: { root: 'root', me: { nested: 'nested', strict: 'strict' } },
        denied: [],
      });
    }
    const inline = '{ root(x: { s: false }) }';
    expect((await runAlone(authorization, inline, { viewer: holding() })).denied).toEqual([
      'X.s at root',
    ]);
  });

  it('is reported once by a dry run', async () => {
    const reported: string[] = [];
    const dry = createAuthorization<Viewer, TestContext>(
      makeExecutableSchema({ typeDefs: sdl, resolvers }),
      {
        policies: {},
        viewerOf: ({ viewer }) => viewer,
        report: ({ coordinate }) => reported.push(coordinate),
      },
    );
    const request = {
      document: parse('query ($x: X) { me { nested(x: $x) } }'),
      variableValues: { x: { s: false } },
      contextValue: { viewer: holding() },
    };
    expect(await dry.authorizeOperation(request)).toEqual([]);
    const { data } = await execute({ schema: dry.schema, ...request });
    expect(plain(data)).toEqual({ me: { nested: 'nested' } });
    expect(reported).toEqual(['X.s']);
  });
});
