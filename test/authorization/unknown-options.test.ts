import {
  type Authorization,
  type AuthorizationOptions,
  createAdmit,
  createAuthorization,
  type RowPolicy,
  type RowType,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import {
  checkNames,
  findOptionProblems,
  nearestName,
  type ShapesOf,
} from '@graphql-gatehouse/authorization/options';
import { tokenViewer } from '@graphql-gatehouse/authorization/tokens';
import fc from 'fast-check';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { admitOptions } from '../../packages/authorization/src/hosts/admit.ts';
import { misspell } from '../support/misspelt-options.ts';

const schema = buildSchema(`
  enum Group { STAFF }
  enum Policy { OWNER }
  directive @auth(requires: [Group!], rows: [Policy!]) repeatable on FIELD_DEFINITION | OBJECT
  directive @public on FIELD_DEFINITION
  type Query { a: [Note] @auth }
  type Note @auth(rows: [OWNER]) { id: ID }
`);
const nothing = () => undefined;
const policy: RowPolicy<Viewer, unknown> = { reads: [], admits: () => true, where: () => ({}) };
const type: Required<RowType<unknown>> = {
  byIds: () => [],
  idOf: nothing,
  isWrongId: () => false,
  toId: (text) => text,
  within: { Place: { reads: [], of: nothing, where: nothing } },
  typeOf: nothing,
};
const whole: Required<AuthorizationOptions<Viewer, unknown>> = {
  policies: { OWNER: policy },
  viewerOf: () => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }),
  readPlaces: async () => {},
  now: () => new Date(),
  onPolicyError: nothing,
  onRowsError: nothing,
  report: nothing,
  onDelivered: nothing,
  combineFilters: { any: nothing, all: nothing, in: nothing },
  maxRepresentations: 10,
  maxAnswerValues: 1,
  maxAnswerCharacters: 1,
  types: { Note: type },
  introspection: 'viewer',
};
const authorization: Authorization<unknown> = createAuthorization(schema, whole);
const host = { ...authorization, realm: 'notes', acrValues: 'mfa' };
const token = {
  issuer: 'https://login.example.com',
  audience: 'notes',
  jwks: 'https://login.example.com/keys',
  groups: () => [],
  algorithms: ['RS256'],
  typ: 'JWT',
  clockToleranceSeconds: 1,
  proves: {},
  now: () => new Date(),
};
const request = {
  document: parse('{ __typename }'),
  operationName: undefined,
  variableValues: {},
  contextValue: {},
  prefer: 'decide-only',
};

/** Does not compile when the table of hosts lacks what `createAuthorization` returns. */
const ofHosts: ShapesOf<Authorization<unknown>> = admitOptions;

/** Calls a function as JavaScript does. */
const call = (caller: unknown, ...args: readonly unknown[]): unknown =>
  typeof caller === 'function' ? Reflect.apply(caller, undefined, args) : undefined;

interface Caller {
  readonly named: string;
  readonly options: object;
  readonly make: (options: unknown) => unknown;
}

const callers: readonly Caller[] = [
  {
    named: 'createAuthorization',
    options: whole,
    make: (options) => call(createAuthorization, schema, options),
  },
  { named: 'createAdmit', options: authorization, make: (options) => call(createAdmit, options) },
  {
    named: 'createAuthorizationPlugin',
    options: host,
    make: (options) => call(createAuthorizationPlugin, options),
  },
  {
    named: 'createEnvelopPlugin',
    options: { ...host, preferOf: nothing },
    make: (options) => call(createEnvelopPlugin, options),
  },
  { named: 'tokenViewer', options: token, make: (options) => call(tokenViewer, options) },
];

/** What is passed as a whole: its own keys are those of other classes. */
const opaque = (options: object): object =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]: [string, unknown]) => [
      key,
      ['schema', 'source', 'requirements', 'sizes'].includes(key) ? Object.create({}) : value,
    ]),
  );

describe('an option that is misspelt', () => {
  it.each(callers)('is refused by $named at every depth, with the name that was meant', (each) => {
    const { options, make } = each;
    expect(() => make(options)).not.toThrow();
    const cases = misspell(opaque(options), ['policies', 'types', 'within']);
    expect(cases.length).toBeGreaterThan(7);
    for (const { options: misspelt, name, meant } of cases) {
      const refusal = new RegExp(`${name}\` is not an option \\(did you mean ${meant}\\?\\)`);
      expect(() => make(misspelt), name).toThrow(refusal);
    }
  });

  it('is refused by hosts beside all that `createAuthorization` returns', () => {
    expect(Object.keys(ofHosts).sort()).toEqual(Object.keys(authorization).sort());
  });

  it('is refused in the request of an operation, which would run in place of being decided', async () => {
    const admit = createAdmit(authorization);
    expect(await admit(request)).toMatchObject({ kind: 'answered', status: 200 });
    for (const { options, meant } of misspell({ ...request, document: nothing }, [])) {
      await expect(call(admit, options), meant).rejects.toThrow(`did you mean ${meant}?`);
    }
  });

  it('is listed with all others, and with those of the wrong type', () => {
    const wrong = { ...whole, combineFilter: {}, policies: { OWNER: { read: [] } }, now: 5 };
    expect(() => call(createAuthorization, schema, wrong)).toThrow(
      'createAuthorization: `policies.OWNER.read` is not an option (did you mean reads?), ' +
        '`now` must be a function, `combineFilter` is not an option (did you mean combineFilters?).',
    );
  });
});

describe('the names of options', () => {
  const names = { writes: 'any', leaves: 'any' } as const;
  const check = (options: object | undefined) => checkNames('change', options, names);

  it.each([
    { given: 'a value that is undefined', options: { write: undefined } },
    { given: 'a getter, which is not called', options: withGetter() },
    { given: 'an inherited key', options: Object.create({ write: {} }) },
    { given: 'a key that every object inherits', options: { toString: () => '' } },
    { given: 'a key `__proto__` of its own', options: JSON.parse('{ "__proto__": 1 }') },
    { given: 'a list', options: ['writes'] },
  ])('are refused where they are unknown: $given', ({ options }) => {
    expect(() => check(options)).toThrow(TypeError);
  });

  it.each([
    { given: 'no options', options: undefined },
    { given: 'no prototype', options: Object.assign(Object.create(null), { writes: {} }) },
    { given: 'a known key that is undefined', options: { writes: undefined } },
    { given: 'a known key that is inherited', options: Object.create({ leaves: [] }) },
    { given: 'a symbol, which is no misspelt name', options: { [Symbol('trace')]: 1 } },
  ])('are taken as they are: $given', ({ options }) => {
    expect(() => check(options)).not.toThrow();
  });

  it('name the place of a value, and quote a name that no identifier is', () => {
    const shape = { each: { keys: { maxAge: 'any' } } } as const;
    expect(findOptionProblems({ 'Query.a': { maxage: 1 } }, shape, 'guards')).toEqual([
      '`guards["Query.a"].maxage` is not an option (did you mean maxAge?)',
    ]);
    expect(
      findOptionProblems(
        [{ name: 'notes', 'max\nage': 1 }],
        { each: { keys: { name: 'any' } } },
        'domains',
      ),
    ).toEqual(['`domains[notes]["max\\nage"]` is not an option']);
  });

  function withGetter(): object {
    return Object.defineProperty({}, 'write', {
      enumerable: true,
      get: () => {
        throw new Error('It was called.');
      },
    });
  }
});

/** The distance of Levenshtein, by its definition. */
function distance(left: string, right: string): number {
  if (left === '' || right === '') return Math.max(left.length, right.length);
  const [first, rest] = [left.slice(1), right.slice(1)];
  if (left[0] === right[0]) return distance(first, rest);
  return 1 + Math.min(distance(first, right), distance(left, rest), distance(first, rest));
}

describe('the nearest name', () => {
  it('is one with the fewest edits, at most two and half of the letters', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 4 }), (name, known) => {
        const edits = known
          .map((each) => ({
            edits: distance(name, each),
            most: Math.max(name.length, each.length),
          }))
          .filter(({ edits, most }) => edits <= 2 && edits <= most / 2)
          .map(({ edits }) => edits);
        const found = nearestName(name, known);
        expect(found === undefined ? undefined : distance(name, found)).toBe(
          edits.length === 0 ? undefined : Math.min(...edits),
        );
      }),
    );
  });

  it('does not exist for a text that is longer than a name', () => {
    const long = 'a'.repeat(1_000_000);
    expect(nearestName(long, [`${long}b`])).toBeUndefined();
  });
});
