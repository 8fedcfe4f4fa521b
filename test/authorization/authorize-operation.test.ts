import { Kind, OperationTypeNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, ask, groupsOnly, guard, holding, withPolicies } from './fixtures.ts';

const authorization = guard(`${groupsOnly}
  type Query {
    open: String @public
    known: String @auth
    secret: String @auth(requires: [ADMIN])
    limited(x: Int @auth(requires: [ADMIN])): String @public
    needs(n: Int!): String @auth(requires: [ADMIN])
    user: User @public
    users: [User!] @public
    node: Node @public
    entity: Entity @public
    any: Any @public
    vault: Vault @public
  }
  type Mutation { free: String @public, locked: String @auth(requires: [ADMIN]) }
  type Subscription { ticks: Int @auth(requires: [ADMIN]) }
  interface Entity { id: ID }
  interface Node implements Entity @auth(requires: [EDITOR]) { id: ID, note: String @auth(requires: [ADMIN]) }
  type User implements Node & Entity { id: ID, note: String, email: String @auth(requires: [ADMIN]), friend: User, name: String }
  type Vault @auth(requires: [ADMIN]) { id: ID }
  type Plain implements Entity { id: ID, gold: Int @auth(requires: [ADMIN]) }
  union Any = Vault | Plain
`);
const editor = { viewer: holding('EDITOR') };

describe('an operation, before anything runs', () => {
  it.each([
    { text: '{ open }', denied: [] },
    { text: '{ known }', denied: [] },
    { text: '{ __typename }', denied: [] },
    { text: '{ __schema { types { name } } }', denied: [] },
    { text: '{ open secret }', denied: ['Query.secret at secret'] },
    { text: '{ s: secret }', denied: ['Query.secret at s'] },
    {
      text: '{ secret s: secret secret }',
      denied: ['Query.secret at secret', 'Query.secret at s'],
    },
    { text: '{ ... { secret } }', denied: ['Query.secret at secret'] },
    {
      text: '{ ... on Query { ... { ... on Query { secret } } } }',
      denied: ['Query.secret at secret'],
    },
    { text: '{ ...F } fragment F on Query { secret }', denied: ['Query.secret at secret'] },
    { text: 'fragment F on Query { secret } { ...F }', denied: ['Query.secret at secret'] },
    {
      text: 'fragment F on Query { ...G } query { ...F ...F } fragment G on Query { secret }',
      denied: ['Query.secret at secret'],
    },
    { text: '{ user { email } }', denied: ['User.email at user.email'] },
    { text: '{ user { ... on User { email } } }', denied: ['User.email at user.email'] },
    { text: '{ user { ... on Node { note } } }', denied: ['User.note at user.note'] },
    {
      text: '{ user { ... on Entity { ... on User { email } } } }',
      denied: ['User.email at user.email'],
    },
    { text: '{ user { name } user { email } }', denied: ['User.email at user.email'] },
    { text: '{ user { email } user }', denied: ['User.email at user.email'] },
    {
      text: '{ users { e: email friend { email } } }',
      denied: ['User.email at users.e', 'User.email at users.friend.email'],
    },
    { text: '{ node { note } }', denied: ['Node.note at node.note'] },
    { text: '{ node { ... on Entity { id } } }', denied: [] },
    { text: '{ vault { __typename } }', denied: ['Query.vault at vault'] },
    { text: '{ vault { id } }', denied: ['Query.vault at vault', 'Vault.id at vault.id'] },
    { text: '{ any { __typename ... on Vault { id } ... on Plain { gold } } }', denied: [] },
    { text: '{ entity { ... on Node { note } ... on Plain { gold } } }', denied: [] },
    { text: '{ secret @skip(if: true) }', denied: [] },
    { text: '{ secret @skip(if: false) }', denied: ['Query.secret at secret'] },
    { text: '{ secret @include(if: false) }', denied: [] },
    { text: '{ ... @include(if: false) { secret } }', denied: [] },
    { text: '{ ...F @skip(if: true) } fragment F on Query { secret }', denied: [] },
    {
      text: '{ ...F @skip(if: true) ...F } fragment F on Query { secret }',
      denied: ['Query.secret at secret'],
    },
    { text: '{ secret @skip(if: true) secret }', denied: ['Query.secret at secret'] },
    { text: 'mutation { free locked }', denied: ['Mutation.locked at locked'] },
    { text: 'subscription { ticks }', denied: ['Subscription.ticks at ticks'] },
    { text: '{ user { id } secret known }', denied: ['Query.secret at secret'] },
  ])('$text: denied $denied', async ({ text, denied }) => {
    expect(await ask(authorization, text, editor)).toEqual(denied);
  });

  it('is refused in document order, which is that of the fields and not of the kinds of guard', async () => {
    const text = '{ z: secret user { email name } a: secret vault { id } known }';
    expect(await ask(authorization, text, { viewer: anonymous })).toEqual([
      'Query.secret at z',
      'Query.user at user',
      'User.email at user.email',
      'User.name at user.name',
      'Query.secret at a',
      'Query.vault at vault',
      'Vault.id at vault.id',
      'Query.known at known',
    ]);
  });

  it.each([
    { text: 'query ($on: Boolean!) { user { email @include(if: $on) } }', path: 'user.email' },
    {
      text: 'query ($on: Boolean!) { ... { user { email @include(if: $on) } } }',
      path: 'user.email',
    },
    {
      text: 'query ($on: Boolean!) { ...F } fragment F on Query { user { e: email @include(if: $on) } }',
      path: 'user.e',
    },
  ])('honours a condition that stands deep: $text', async ({ text, path }) => {
    const asked = (on: boolean) => ask(authorization, text, { ...editor, variables: { on } });
    expect(await asked(false)).toEqual([]);
    expect(await asked(true)).toEqual([`User.email at ${path}`]);
  });

  it.each([
    { title: 'a condition that is no boolean', type: 'Boolean!', on: 'no' },
    { title: 'a condition that is null after all', type: 'Boolean = true', on: null },
  ])('is left to the executor with $title', async ({ type, on }) => {
    const text = `query ($on: ${type}) { open secret @include(if: $on) }`;
    expect(await ask(authorization, text, { ...editor, variables: { on } })).toEqual([]);
  });

  it('is refused as a bad request when it selects too many fields', async () => {
    const fields = (count: number) =>
      Array.from({ length: count }, (_, index) => `f${index}: open`).join(' ');
    expect(await ask(authorization, `{ ${fields(10_000)} }`, editor)).toEqual([]);
    const asked = ask(authorization, `{ ${fields(10_001)} }`, editor);
    await expect(asked).rejects.toMatchObject({
      name: 'OperationTooComplexError',
      message: 'The operation selects more than 10000 fields.',
      extensions: { code: 'OPERATION_TOO_COMPLEX', http: { status: 400 } },
    });
  });

  it('is refused with path, locations and extensions', async () => {
    const [denial] = await authorization.authorizeOperation({
      document: parse('{ user { id e: email } }'),
      contextValue: editor,
    });
    expect(denial?.toJSON()).toEqual({
      message: 'You do not have access to User.email: it requires the group ADMIN.',
      path: ['user', 'e'],
      locations: [{ line: 1, column: 13 }],
      extensions: {
        code: 'FORBIDDEN',
        reason: 'GROUP_REQUIRED',
        coordinate: 'User.email',
        requires: [['ADMIN']],
        policies: [[]],
      },
    });
  });

  it('is refused to anonymous for the reason of its token', async () => {
    const viewer = { isAuthenticated: false, reason: 'TOKEN_REVOKED' } as const;
    const denials = await authorization.authorizeOperation({
      document: parse('{ open known }'),
      contextValue: { viewer },
    });
    expect(denials.map(({ denial }) => denial)).toEqual([
      {
        code: 'UNAUTHENTICATED',
        reason: 'TOKEN_REVOKED',
        coordinate: 'Query.known',
        requires: [],
        policies: [],
      },
    ]);
  });

  it('is left to the run under an interface that the declared union does not name, whatever its members', async () => {
    const mail = guard(`${groupsOnly}
      type Query { any: Any @public }
      union Any = A | B
      interface Node { secret: Int @auth(requires: [ADMIN]) }
      type A implements Node { secret: Int } type B implements Node { secret: Int }`);
    const found = await ask(mail, '{ any { ... on Node { secret } } }', editor);
    expect(found).toEqual([]);
  });

  it('is refused where it asks only for the type name of a guarded root', async () => {
    const sealed = guard(`${groupsOnly} type Query @auth(requires: [ADMIN]) { a: Int @auth }`);
    expect(await ask(sealed, '{ __typename }', editor)).not.toEqual([]);
  });
});

describe('the operation to use if the document contains several', () => {
  const text = 'query Open { open } query Secret { secret } mutation Locked { locked }';

  it.each([
    { operationName: 'Open', denied: [] },
    { operationName: 'Secret', denied: ['Query.secret at secret'] },
    { operationName: 'Locked', denied: ['Mutation.locked at locked'] },
    { operationName: 'Missing', denied: [] },
    { operationName: '', denied: [] },
    { operationName: null, denied: [] },
    { operationName: undefined, denied: [] },
  ])('named $operationName: denied $denied', async ({ operationName, denied }) => {
    const document = parse(text);
    const denials = await authorization.authorizeOperation({
      document,
      operationName,
      contextValue: editor,
    });
    expect(denials.map(({ denial, path }) => `${denial.coordinate} at ${path}`)).toEqual(denied);
  });

  it('is planned apart from the others of the same document', async () => {
    const document = parse(text);
    for (const operationName of ['Open', 'Secret', 'Open']) {
      const denials = await authorization.authorizeOperation({
        document,
        operationName,
        contextValue: editor,
      });
      expect(denials).toHaveLength(operationName === 'Secret' ? 1 : 0);
    }
  });

  it('whose kind has no root in the schema is left to the executor', async () => {
    const queries = guard(`${groupsOnly} type Query { a: Int @public }`);
    expect(await ask(queries, 'mutation { b }')).toEqual([]);
    expect(await ask(queries, '{ missing ...Missing ... on Missing { a } }')).toEqual([]);
    expect(await ask(queries, '{ a(missing: 1) }')).toEqual([]);
  });
});

describe('variables that decide what is selected', () => {
  const skip = 'query ($hide: Boolean = true) { open secret @skip(if: $hide) }';
  const include = 'query ($show: Boolean! = false) { open ... @include(if: $show) { secret } }';

  it.each([
    { text: skip, variables: {}, denied: 0 },
    { text: skip, variables: { hide: true }, denied: 0 },
    { text: skip, variables: { hide: false }, denied: 1 },
    { text: include, variables: {}, denied: 0 },
    { text: include, variables: { show: false }, denied: 0 },
    { text: include, variables: { show: true }, denied: 1 },
  ])('$text with $variables: $denied denied', async ({ text, variables, denied }) => {
    expect(await ask(authorization, text, { ...editor, variables })).toHaveLength(denied);
  });

  it('decide for each request of one cached document', async () => {
    const document = parse(skip);
    const answers = [];
    for (const hide of [true, false, true, undefined, false]) {
      const denials = await authorization.authorizeOperation({
        document,
        variableValues: hide === undefined ? null : { hide },
        contextValue: editor,
      });
      answers.push(denials.length);
    }
    expect(answers).toEqual([0, 1, 0, 0, 1]);
  });

  it('decide rightly beyond the number of plans that are kept of one document', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `v${index}`);
    const document = parse(
      `query (${names.map((name) => `$${name}: Boolean!`)}) { open ${names
        .map((name) => `${name}: secret @include(if: $${name})`)
        .join(' ')} }`,
    );
    for (let bits = 0; bits < 256; bits += 1) {
      const chosen = names.filter((_, index) => (bits & (1 << index)) !== 0);
      const denials = await authorization.authorizeOperation({
        document,
        variableValues: Object.fromEntries(names.map((name) => [name, chosen.includes(name)])),
        contextValue: editor,
      });
      expect(denials.map(({ path }) => path?.[0])).toEqual(chosen);
    }
  });

  it('that cannot be coerced decide nothing for the next request of the same document', async () => {
    const document = parse('query ($n: Int!) { needs(n: $n) @include(if: true) }');
    const request = { document, contextValue: editor };
    await authorization.authorizeOperation({ ...request, variableValues: {} });
    const denials = await authorization.authorizeOperation({
      ...request,
      variableValues: { n: 1 },
    });
    expect(denials.map(({ denial }) => denial.coordinate)).toEqual(['Query.needs']);
  });

  it('that are null where a condition needs a value are left to the executor', async () => {
    const text = 'query ($hide: Boolean = true) { secret @skip(if: $hide) }';
    await expect(
      ask(authorization, text, { ...editor, variables: { hide: null } }),
    ).resolves.toBeInstanceOf(Array);
  });

  it('that cannot be coerced leave refused what is refused without them', async () => {
    const text = 'query ($n: Int!) { secret needs(n: $n) }';
    expect(await ask(authorization, text, { ...editor, variables: { n: 'x' } })).toEqual([
      'Query.secret at secret',
      'Query.needs at needs',
    ]);
  });
});

describe('a document that no parser made', () => {
  it('is decided though it leaves out every list that is empty', async () => {
    const denials = await authorization.authorizeOperation({
      document: {
        kind: Kind.DOCUMENT,
        definitions: [
          {
            kind: Kind.OPERATION_DEFINITION,
            operation: OperationTypeNode.QUERY,
            selectionSet: {
              kind: Kind.SELECTION_SET,
              selections: [
                { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'secret' } },
                {
                  kind: Kind.FIELD,
                  name: { kind: Kind.NAME, value: 'limited' },
                  directives: [
                    { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'other' } },
                    { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'other' } },
                  ],
                },
              ],
            },
          },
        ],
      },
      contextValue: editor,
    });
    expect(denials.map(({ denial }) => denial.coordinate)).toEqual(['Query.secret']);
  });

  it('is refused by an executor where a condition has no argument, and is not allowed before', async () => {
    const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
    const request = authorization.authorizeOperation({
      document: {
        kind: Kind.DOCUMENT,
        definitions: [
          {
            kind: Kind.OPERATION_DEFINITION,
            operation: OperationTypeNode.QUERY,
            selectionSet: {
              kind: Kind.SELECTION_SET,
              selections: [
                {
                  kind: Kind.FIELD,
                  name: name('open'),
                  directives: [{ kind: Kind.DIRECTIVE, name: name('skip') }],
                },
                { kind: Kind.FIELD, name: name('secret') },
              ],
            },
          },
        ],
      },
      contextValue: editor,
    });
    const answer = await Promise.resolve(request).then(
      (denials) => denials.length,
      () => 'an error',
    );
    expect(answer).not.toBe(0);
  });
});

describe('a small document that spreads each fragment twice', () => {
  it('is refused soon: anyone may send it, and running it costs nothing', async () => {
    // A plan of 2 ** 64 selections would never end.
    const depth = 64;
    const fragments = Array.from(
      { length: depth },
      (_, level) =>
        `fragment F${level} on User { a: friend { ...F${level + 1} } b: friend { ...F${level + 1} } }`,
    );
    const text = `{ user { ...F0 } } ${fragments.join(' ')} fragment F${depth} on User { email }`;
    await expect(ask(authorization, text)).rejects.toThrow('more than 10000 fields');
  });
});

describe('one document, many viewers', () => {
  it('is decided again for each', async () => {
    const document = parse('{ secret }');
    const answers = [];
    for (const viewer of [holding('ADMIN'), anonymous, holding('ADMIN'), holding()]) {
      const denials = await authorization.authorizeOperation({
        document,
        contextValue: { viewer },
      });
      answers.push(denials.map(({ denial }) => denial.code).join());
    }
    expect(answers).toEqual(['', 'UNAUTHENTICATED', '', 'FORBIDDEN']);
  });
});

describe('policies of root fields', () => {
  const asked: unknown[] = [];
  const guarded = guard(
    `${withPolicies}
     type Query { a(n: Int! = 3): Int @auth(or: [SELF]), b: T @public, c(n: Int!): Int @auth(or: [SELF]) }
     type T { d: Int @auth(or: [SELF]) }`,
    {
      policies: {
        SELF: (_viewer, source, args) => {
          asked.push({ source, ...args });
          return args.n === 1;
        },
        BOSS: () => false,
      },
    },
  );

  it.each([
    { text: '{ a(n: 1) }', denied: [], calls: [{ n: 1 }] },
    { text: '{ a(n: 2) }', denied: ['Query.a at a'], calls: [{ n: 2 }] },
    { text: '{ a }', denied: ['Query.a at a'], calls: [{ n: 3 }] },
    { text: '{ x: a(n: 1) y: a(n: 2) }', denied: ['Query.a at y'], calls: [{ n: 1 }, { n: 2 }] },
    { text: 'query ($n: Int! = 1) { a(n: $n) }', denied: [], calls: [{ n: 1 }] },
    { text: '{ b { d } }', denied: [], calls: [] },
    { text: 'query ($n: Int = 1) { a(n: $n) }', variables: { n: null }, denied: [], calls: [] },
    { text: 'query ($n: Int!) { c(n: $n) }', variables: {}, denied: [], calls: [] },
    { text: '{ c }', denied: [], calls: [] },
  ])('$text is asked with $calls: denied $denied', async ({ text, variables, denied, calls }) => {
    asked.length = 0;
    const options = { viewer: holding(), ...(variables === undefined ? {} : { variables }) };
    expect(await ask(guarded, text, options)).toEqual(denied);
    expect(asked).toEqual(calls.map((call) => ({ source: undefined, ...call })));
  });

  it('are not asked for anonymous', async () => {
    asked.length = 0;
    expect(await ask(guarded, '{ a(n: 1) b { d } }')).toEqual(['Query.a at a', 'T.d at b.d']);
    expect(asked).toEqual([]);
  });
});

describe('a document with a type definition beside the operation', () => {
  it('is decided by its operation', async () => {
    const authorization = guard(`${groupsOnly} type Query { a: Int @auth(requires: [ADMIN]) }`);
    expect(
      await ask(authorization, 'type Stray { b: Int } { a }', { viewer: holding('USER') }),
    ).toEqual(['Query.a at a']);
  });
});
