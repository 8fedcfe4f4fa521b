import { createAdmit } from '@graphql-gatehouse/authorization';
import { type ExecutionResult, GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { groupsOnly, guard, holding, withPolicies } from './fixtures.ts';

const authorization = guard(`${groupsOnly}
  type Query @auth(requires: [ADMIN]) { open: Int @public, secret: Int @auth(requires: [ADMIN]) }
`);
const admit = createAdmit(authorization);

interface Asked {
  readonly group?: string;
  readonly prefer?: string | undefined;
  readonly operationName?: string;
}

const ask = (text: string, { group = 'ADMIN', ...asked }: Asked = {}) =>
  admit({ document: parse(text), contextValue: { viewer: holding(group) }, ...asked });

/** The answer for a result of a query that an admin may run. */
async function finish(result: ExecutionResult, asked: Asked = {}) {
  const admission = await ask('{ secret }', asked);
  if (admission.kind !== 'admitted') throw new Error('The query may run.');
  return admission.finish(result);
}

const failure = new GraphQLError('heron');
const applied = { 'preference-applied': 'handling=lenient' };
const denial = new GraphQLError('refused', {
  path: ['secret'],
  extensions: { code: 'FORBIDDEN', coordinate: 'Query.secret' },
});

describe('an operation to admit', () => {
  const introspection = '{ __typename __schema { queryType { name } } }';

  it('is answered at once when it has only introspection', async () => {
    expect(await ask(introspection)).toEqual({
      kind: 'answered',
      result: { data: { __typename: 'Query', __schema: { queryType: { name: 'Query' } } } },
      denials: [],
      headers: {},
    });
  });

  it('says that it was asked for leniently when it has only introspection', async () => {
    const asked = { prefer: 'handling=lenient' };
    expect(await ask(introspection, asked)).toMatchObject({ kind: 'answered', headers: applied });
  });

  it('runs leniently when it has only introspection, of which a part is denied', async () => {
    const admission = await ask(introspection, { group: 'USER', prefer: 'handling=lenient' });
    expect(admission).toMatchObject({ kind: 'admitted', introspects: true });
  });

  it('is invalid when it is to be decided only, and does not exist', async () => {
    const asked = { prefer: 'decide-only', operationName: 'Missing' };
    expect(await ask('query Known { secret }', asked)).toMatchObject({
      kind: 'answered',
      status: 400,
      result: { errors: [{ message: expect.any(String) }] },
    });
  });
});

describe('a mutation whose policy fails with an error that the host throws', () => {
  it('does not run, even when it is asked for leniently', async () => {
    const failing = guard(
      `${withPolicies}
        type Query { open: Int @public }
        type Mutation { own: Int @auth(or: [SELF]) }
      `,
      {
        policies: { SELF: () => Promise.reject(new Error('heron')), BOSS: () => true },
        onPolicyError(error) {
          throw error;
        },
      },
    );
    const asked = createAdmit(failing)({
      document: parse('mutation { own }'),
      contextValue: { viewer: holding('USER') },
      prefer: 'handling=lenient',
    });
    await expect(asked).rejects.toThrow('heron');
  });
});

describe('the result of a query', () => {
  it.each([
    { title: 'its data', result: { data: { secret: 1 } } },
    { title: 'no data, and an error', result: { errors: [failure] } },
    { title: 'null as its data, and an error', result: { errors: [failure], data: null } },
    {
      title: 'null in its data, and an error',
      result: { errors: [failure], data: { secret: null } },
    },
    { title: 'an extension', result: { data: { secret: 1 }, extensions: { cost: 1 } } },
  ])('is answered as it is with $title', async ({ result }) => {
    expect(await finish(result)).toStrictEqual({ result, denials: [], headers: {} });
    const lenient = await finish(result, { prefer: 'handling=lenient' });
    expect(lenient).toStrictEqual({ result, denials: [], headers: applied });
  });

  it.each([
    { title: 'without extensions', given: {} },
    { title: 'with its extensions', given: { extensions: { cost: 1 } } },
  ])('is refused as a whole $title', async ({ given }) => {
    const refused = { errors: [denial], ...given };
    const ran = { errors: [failure, denial], data: { open: 1, secret: null }, ...given };
    expect(await finish(ran)).toStrictEqual({ result: refused, denials: [denial], headers: {} });
  });

  it('is refused leniently only when nothing is left of its data', async () => {
    const asked = { prefer: 'handling=lenient' };
    const some = { errors: [denial], data: { open: 1, secret: null } };
    expect(await finish(some, asked)).toStrictEqual({
      result: some,
      denials: [],
      headers: applied,
    });
    const none = { errors: [denial, failure], data: { open: null, secret: null } };
    expect(await finish(none, asked)).toStrictEqual({
      result: { errors: [denial, failure] },
      denials: [denial],
      headers: applied,
    });
  });
});
