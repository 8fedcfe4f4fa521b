import {
  ExplainError,
  explain,
  parseOperation,
  printExplanation,
} from '@graphql-gatehouse/authorization/reports';
import { Kind, OperationTypeNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guard, holding, withPolicies } from './fixtures.ts';

const policies = { SELF: () => true, BOSS: () => true };

const { source: schema, requirements } = guard(
  `${withPolicies}
   type Query {
     free(x: Int, in: In, color: Color): Int @public
     node: Node @public
     any: Any @public
     color: [Color] @public
     admin: Int @auth(requires: [ADMIN])
     own: T @auth(or: [SELF])
     nodes: Holder @public
   }
   type Mutation { change(x: Int @auth(requires: [ADMIN])): Int @auth }
   interface Node { id(n: Int): Int name: String next: Node }
   type T implements Node { id(n: Int @auth(requires: [ADMIN])): Int @auth name: String next: T
     mine: Int @auth(requires: [ADMIN], or: [SELF, BOSS]) @auth(or: [SELF]) }
   type Secret implements Node @auth(requires: [EDITOR]) { id(n: Int): Int name: String next: Node only: Int }
   union Any = T | Secret
   interface Holder { inner: Node } 
   type Box implements Holder { inner: T }
   input In { n: Int @auth(requires: [ADMIN]) in: In m: Int }
   enum Color { RED @auth(requires: [ADMIN]) BLUE }`,
  { policies },
);

type Asked = Partial<Omit<Parameters<typeof explain>[0], 'schema' | 'requirements' | 'document'>>;

const explained = (operation: string, { groups = null, ...rest }: Asked = {}) =>
  explain({ schema, requirements, document: parseOperation(operation), groups, ...rest });

/** Each coordinate as `path coordinate outcome`, with what it depends on and when it is decided. */
const linesOf = (operation: string, asked?: Asked) =>
  explained(operation, asked).coordinates.map(
    ({ path, coordinate, decision, dependsOn, decided }) =>
      [
        `${path.join('.')} ${coordinate} ${decision.outcome}`,
        ...(dependsOn.length === 0 ? [] : [`if ${dependsOn.join(' > ')}`]),
        ...(decided === 'before' ? [] : ['late']),
      ].join(', '),
  );

describe('an explanation', () => {
  it.each<{ title: string; operation: string; asked?: Asked; lines: string[] }>([
    {
      title: 'lists what is selected, by response path, in document order',
      operation: '{ b: free admin ...F } fragment F on Query { node { id } a: free }',
      lines: [
        'b Query.free allowed',
        'admin Query.admin unauthenticated',
        'node Query.node allowed',
        'node Secret unauthenticated, if Secret, late',
        'node.id Node.id allowed',
        'node.id T.id unauthenticated, if T, late',
        'node.id Secret.id unauthenticated, if Secret, late',
        'a Query.free allowed',
      ],
    },
    {
      title: 'leaves out what is skipped, and names the type of a root __typename',
      operation:
        'query($y: Boolean = true) { free @skip(if: $y) admin @include(if: false) __typename }',
      lines: ['__typename Query allowed'],
    },
    {
      title: 'explains when a policy is called',
      operation: '{ own { mine } }',
      asked: { groups: [] },
      lines: ['own Query.own depends', 'own.mine T.mine depends, late'],
    },
    {
      title: 'lists what the client supplied, inline and by variable',
      operation: 'query($i: In) { free(x: null, in: $i, color: RED) }',
      asked: { groups: ['USER'], variableValues: { i: { in: { n: 1 } } } },
      lines: [
        'free Query.free allowed',
        'free Query.free(x:) allowed',
        'free Query.free(in:) allowed',
        'free In.in allowed',
        'free In.n forbidden',
        'free Query.free(color:) allowed',
        'free Color.RED forbidden',
      ],
    },
    {
      title: 'leaves out an argument whose variable is absent',
      operation: 'query($i: In) { free(in: $i) }',
      lines: ['free Query.free allowed'],
    },
    {
      title: 'explains enum values that a resolver may return',
      operation: '{ color }',
      asked: { groups: [] },
      lines: ['color Query.color allowed', 'color Color.RED forbidden, if Color.RED, late'],
    },
    {
      title: 'leaves fragments on concrete types to the run-time type',
      operation: '{ any { ... on T { mine } ... on Secret { only } } }',
      asked: { groups: ['ADMIN'] },
      lines: [
        'any Query.any allowed',
        'any Secret forbidden, if Secret, late',
        'any.mine T.mine depends, if T, late',
        'any.only Secret.only forbidden, if Secret, late',
      ],
    },
    {
      title: 'names a field once that fragment and interface both select',
      operation: '{ node { name ... on T { name next { name } } ... on Node { name } } }',
      asked: { groups: ['EDITOR'] },
      lines: [
        'node Query.node allowed',
        'node Secret allowed, if Secret, late',
        'node.name Node.name allowed',
        'node.name T.name allowed, if T, late',
        'node.next T.next allowed, if T, late',
        'node.next.name T.name allowed, if T, late',
        'node.name Secret.name allowed, if Secret, late',
      ],
    },
    {
      title: 'explains an argument that only an implementation guards',
      operation: '{ node { id(n: 1) } }',
      asked: { groups: ['EDITOR'] },
      lines: [
        'node Query.node allowed',
        'node Secret allowed, if Secret, late',
        'node.id Node.id allowed',
        'node.id Node.id(n:) allowed',
        'node.id T.id allowed, if T, late',
        'node.id T.id(n:) forbidden, if T, late',
        'node.id Secret.id allowed, if Secret, late',
      ],
    },
    {
      title: 'follows a return type that an implementation narrows',
      operation: '{ nodes { inner { id } } }',
      asked: { groups: [] },
      lines: [
        'nodes Query.nodes allowed',
        'nodes.inner Holder.inner allowed',
        'nodes.inner Secret forbidden, if Secret, late',
        'nodes.inner.id Node.id allowed',
        'nodes.inner.id T.id allowed, if T, late',
        'nodes.inner.id Secret.id forbidden, if Secret, late',
      ],
    },
  ])('$title', ({ operation, asked, lines }) => {
    expect(linesOf(operation, asked)).toEqual(lines);
  });

  it.each<{ verdict: string | number; operation: string; groups: readonly string[] | null }>([
    { verdict: 'runs', operation: '{ free __schema { queryType { name } } }', groups: null },
    { verdict: 401, operation: '{ free own { name } }', groups: null },
    { verdict: 403, operation: '{ own { name } admin }', groups: ['USER'] },
    { verdict: 'depends', operation: '{ own { name } }', groups: ['USER'] },
    { verdict: 'depends', operation: '{ node { name } }', groups: null },
    { verdict: 'runs', operation: '{ node { name } }', groups: ['EDITOR'] },
    { verdict: 403, operation: 'mutation { change(x: 1) }', groups: ['USER'] },
    { verdict: 'runs', operation: 'mutation { change }', groups: ['USER'] },
  ])('ends with the verdict $verdict for $operation', ({ verdict, operation, groups }) => {
    expect(explained(operation, { groups }).verdict).toBe(verdict);
  });

  it('prints as a table that ends with the verdict', () => {
    const lines = (operation: string, groups: readonly string[] | null) =>
      printExplanation(explained(operation, { groups })).map((line) =>
        line.replaceAll(/ {2,}/g, ' | '),
      );
    expect(lines('{ free own { mine } admin any { ... on Secret { only } } }', ['USER'])).toEqual([
      'path | coordinate | requirement | decision',
      'free | Query.free | - | allowed',
      'own | Query.own | @auth(or: [SELF]) | depends on SELF, evaluated before it runs',
      'own.mine | T.mine | @auth(requires: [ADMIN], or: [SELF, BOSS]) @auth(or: [SELF]) | depends on (SELF or BOSS) and SELF, evaluated while it runs',
      'admin | Query.admin | @auth(requires: [ADMIN]) | denied by @auth(requires: [ADMIN])',
      'any | Query.any | - | allowed',
      'any | Secret | @auth(requires: [EDITOR]) | if the type is Secret: denied by @auth(requires: [EDITOR])',
      'any.only | Secret.only | @auth(requires: [EDITOR]) | if the type is Secret: denied by @auth(requires: [EDITOR])',
      '',
      'Verdict: the whole operation would be denied with 403.',
    ]);
    expect(lines('{ admin }', null)[1]).toBe(
      'admin | Query.admin | @auth(requires: [ADMIN]) | denied, not logged in',
    );
  });
});

describe('an operation that reaches rows', () => {
  const SELF = { reads: [], admits: () => true, where: () => ({}) };
  const server = guard(
    `${withPolicies}
     type Query { first: Bill! @auth, all: [Bill] @auth, page: Page @auth }
     type Mutation { pay: Bill! @auth }
     type Bill @auth(requires: [ADMIN], rows: [SELF]) { id: Int, note: String @auth(or: [SELF]) }
     type Page { nodes: [Item] } union Item = Bill | Draft type Draft { id: Int }`,
    { policies: { SELF, BOSS: () => true } },
  );

  it.each([
    {
      operation: '{ first { id } }',
      verdict: 'depends',
      decision: { depends: ['Query.first'], narrowed: ['Query.first'] },
    },
    {
      operation: '{ all { note } }',
      verdict: 'narrowed',
      decision: { depends: [], narrowed: ['Query.all'] },
    },
    {
      operation: '{ page { nodes { ... on Draft { id } } } }',
      verdict: 'narrowed',
      decision: { depends: [], narrowed: ['Query.page', 'Page.nodes'] },
    },
    {
      operation: 'mutation { pay { id } }',
      verdict: 'narrowed',
      decision: { depends: [], narrowed: ['Mutation.pay'] },
    },
    {
      operation: '{ first { id } }',
      groups: ['ADMIN'],
      verdict: 'runs',
      decision: { depends: [], narrowed: [] },
    },
    {
      operation: '{ all { note } }',
      groups: ['ADMIN'],
      verdict: 'depends',
      decision: { depends: ['Bill.note'], narrowed: [] },
    },
  ])('is explained as it is decided: $operation for $groups', async (row) => {
    const { operation, groups = ['USER'], verdict, decision } = row;
    const document = parseOperation(operation);
    const { source, ...rest } = server;
    expect(explain({ ...rest, schema: source, document, groups }).verdict).toBe(verdict);
    const contextValue = { viewer: holding(...groups) };
    expect(await server.decideOperation({ document, contextValue })).toMatchObject({ decision });
  });

  it('says of a value that must not be null that a hidden one is denied', () => {
    const { source, ...rest } = server;
    const document = parseOperation('{ first { id } }');
    const explained = explain({ ...rest, schema: source, document, groups: [] });
    const [, line] = printExplanation(explained);
    expect(line).toMatch(/filtered to rows of SELF, and denied if its row is hidden$/);
  });
});

describe('a table', () => {
  it('stands in columns as wide as the widest cell', () => {
    expect(printExplanation(explained('{ free admin }')).slice(0, 3)).toEqual([
      'path   coordinate   requirement               decision',
      'free   Query.free   -                         allowed',
      'admin  Query.admin  @auth(requires: [ADMIN])  denied, not logged in',
    ]);
  });

  it('names a policy once that two guards have', () => {
    const twice = guard(
      `${withPolicies} type Query {
        a: Int @auth(requires: [ADMIN], or: [SELF]) @auth(requires: [EDITOR], or: [SELF])
      }`,
      { policies },
    );
    const [, line = ''] = printExplanation(
      explain({
        schema: twice.source,
        requirements: twice.requirements,
        document: parseOperation('{ a }'),
        groups: [],
      }),
    );
    expect(line).toMatch(/ {2}depends on SELF, evaluated before it runs$/);
  });

  it('names all run-time types that a decision depends on', () => {
    const lines = printExplanation(
      explained('{ any { ... on Secret { next { ... on T { mine } } } } }'),
    );
    expect(lines.join('\n')).toMatch(/if the type is Secret > T: denied/);
  });
});

describe('a decision that waits', () => {
  it('is explained as made while it runs', () => {
    const [, , late] = explained('{ own { mine } }', { groups: ['USER'] }).coordinates;
    const [own, mine] = explained('{ own { mine } }', { groups: ['USER'] }).coordinates;
    expect(late).toBeUndefined();
    expect([own?.decided, mine?.decided]).toEqual(['before', 'while running']);
  });
});

describe('an anonymous viewer', () => {
  it('is explained as sending no token', () => {
    const [admin] = explained('{ admin }').coordinates;
    expect(admin?.decision).toEqual({ outcome: 'unauthenticated', reason: 'TOKEN_MISSING' });
  });
});

describe('a document that a program has made', () => {
  it('may leave out what a parser always adds', () => {
    const name = { kind: Kind.NAME, value: 'free' } as const;
    const operation = {
      kind: Kind.OPERATION_DEFINITION,
      operation: OperationTypeNode.QUERY,
      selectionSet: { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FIELD, name }] },
    } as const;
    const document = { kind: Kind.DOCUMENT, definitions: [operation] } as const;
    expect(explain({ schema, requirements, document, groups: null }).verdict).toBe('runs');
  });

  it('cannot be explained when it is empty', () => {
    const document = { kind: Kind.DOCUMENT, definitions: [] } as const;
    expect(() => explain({ schema, requirements, document, groups: null })).toThrow('no operation');
  });
});

describe('what cannot be explained', () => {
  it('is explained problem by problem', () => {
    const error = new ExplainError(['one', 'two']);
    expect(error.name).toBe('ExplainError');
    expect(error.message).toBe('one\n\ntwo');
  });

  it.each<{ title: string; operation: string; asked?: Asked; problem: RegExp }>([
    { title: 'text that is no GraphQL', operation: '{ free', problem: /Syntax Error.*1:7/s },
    { title: 'what the schema does not know', operation: '{ lost }', problem: /"lost"/ },
    {
      title: 'an operation that is not there',
      operation: 'query A { free } query B { free }',
      asked: { operationName: 'C' },
      problem: /Unknown operation "C".*A, B/,
    },
    {
      title: 'one of several',
      operation: 'query A { ...F } query B { ...F } fragment F on Query { free }',
      problem: /specify one/,
    },
    {
      title: 'a name where the only operation has none',
      operation: '{ free }',
      asked: { operationName: 'C' },
      problem: /one unnamed/,
    },
    {
      title: 'no operation at all',
      operation: 'fragment F on Query { free }',
      problem: /never used/,
    },
    {
      title: 'variables that do not fit',
      operation: 'query($x: Int!) { free(x: $x) }',
      problem: /\$x/,
    },
    {
      title: 'an unknown group',
      operation: '{ free }',
      asked: { groups: ['ADMIN', 'ABSENT'] },
      problem: /"ABSENT".*ADMIN, EDITOR, USER/,
    },
  ])('$title', ({ operation, asked, problem }) => {
    expect(() => explained(operation, asked)).toThrow(ExplainError);
    expect(() => explained(operation, asked)).toThrow(problem);
  });
});
