import { Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { groupsOnly, guard, holding } from './fixtures.ts';

/** The maximum number of plans that are kept of one operation. */
const maxPlans = 8;

const authorization = guard(`${groupsOnly}
  type Query { a: Int @public, b: Int @public, secret: Int @auth(requires: [ADMIN]) }
`);

/** Returns a function that authorizes an operation, and returns how often it read the operation's selections. */
function readingsOf(text: string) {
  const document = parse(text);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('It is an operation.');
  const { selectionSet } = operation;
  let readings = 0;
  Object.defineProperty(operation, 'selectionSet', {
    get() {
      readings += 1;
      return selectionSet;
    },
  });
  const read = async (
    variableValues: Readonly<Record<string, unknown>> = {},
    operationName?: string,
  ) => {
    readings = 0;
    const contextValue = { viewer: holding('USER') };
    const request = { document, operationName, variableValues, contextValue };
    await authorization.authorizeOperation(request);
    return readings;
  };
  return Object.assign(read, { plan: () => authorization.planOperation(document) });
}

describe('a document that is authorized again', () => {
  it('is not read again', async () => {
    const read = readingsOf('{ a secret }');
    expect(await read()).toBeGreaterThan(0);
    expect(await read()).toBe(0);
  });

  it('is not read at all after it was planned, with and without the name of its operation', async () => {
    const read = readingsOf('query Secret { a secret }');
    read.plan();
    expect(await read()).toBe(0);
    expect(await read({}, 'Secret')).toBe(0);
  });

  it('is not read again for eight combinations of its conditions', async () => {
    const names = ['c0', 'c1', 'c2', 'c3'];
    const declared = names.map((name) => `$${name}: Boolean!`).join(' ');
    const fields = names.map((name) => `${name}: a @include(if: $${name})`).join(' ');
    const read = readingsOf(`query (${declared}) { secret ${fields} }`);
    const readOf = (bits: number) =>
      read(Object.fromEntries(names.map((name, index) => [name, ((bits >> index) & 1) === 1])));
    for (let bits = 0; bits < maxPlans; bits += 1) expect(await readOf(bits)).toBeGreaterThan(0);
    for (let bits = 0; bits < maxPlans; bits += 1) expect(await readOf(bits)).toBe(0);
    for (const _ of [1, 2]) expect(await readOf(maxPlans)).toBeGreaterThan(0);
    expect(await readOf(0)).toBe(0);
  });

  it('is not read again for variables that are no conditions', async () => {
    const read = readingsOf(
      'query ($n: Int) { secret @note(if: $n) a @include(if: true, note: $n) }',
    );
    expect(await read({ n: 0 })).toBeGreaterThan(0);
    expect(await read({ n: 1 })).toBe(0);
  });
});

describe('an operation with a variable of an unknown type', () => {
  it('is left to the executor', async () => {
    const document = parse('query ($unknown: Unknown) { a }');
    const contextValue = { viewer: holding('USER') };
    expect(await authorization.authorizeOperation({ document, contextValue })).toEqual([]);
  });
});

describe('an operation whose condition is a variable of another scalar', () => {
  const document = parse('query ($on: Any) { a @skip(if: $on) secret @include(if: $on) }');
  const { authorizeOperation } = guard(`${groupsOnly}
    scalar Any
    type Query { a: Int @public, secret: Int @auth(requires: [ADMIN]) }
  `);
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  it.each([
    { title: 'a number without JSON', on: 1n },
    { title: 'an object that contains itself', on: circular },
    { title: 'an object whose JSON is false', on: { toJSON: () => false } },
  ])('is refused for $title, as the executor selects by it', async ({ on }) => {
    const contextValue = { viewer: holding('USER') };
    const request = { document, contextValue };
    expect(await authorizeOperation({ ...request, variableValues: { on: false } })).toEqual([]);
    expect(await authorizeOperation({ ...request, variableValues: { on } })).toMatchObject([
      { extensions: { coordinate: 'Query.secret' } },
    ]);
  });
});
