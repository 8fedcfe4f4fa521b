import { createAdmit, createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import type { DocumentNode, ExecutionResult } from 'graphql';
import { execute, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { changing, clock, createProofs, ran, viewers } from './proofs-world.ts';
import { withoutUnhandledRejections } from './property-run.ts';

const authorization = createProofs();
const { schema, authorizeOperation, decideOperation, executeEvent, subscribe } = authorization;
const admit = createAdmit(authorization);

beforeEach(() => {
  clock.seconds = 0;
  clock.reads = 0;
  ran.length = 0;
});

interface Request {
  readonly viewer?: Viewer;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const { unproven, old, young, strong, oldAndStrong, program, withheld, mustEnrol, oldAdmin } =
  viewers;
const groupRequired = { code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' };
const tooOld = { code: 'UNAUTHENTICATED', reason: 'AUTHENTICATION_TOO_OLD' };
const missing = { code: 'UNAUTHENTICATED', reason: 'FACTORS_MISSING' };
const never = { code: 'FORBIDDEN', reason: 'FACTORS_MISSING' };

/** Returns the extensions of the refusals before an operation runs. */
async function refusalsOf(text: string, { viewer = old, variables }: Request = {}) {
  const document = parse(text);
  const request = { document, variableValues: variables, contextValue: { viewer } };
  const errors = await authorizeOperation(request);
  const decided = await decideOperation(request);
  const found = errors.map(({ extensions }) => extensions);
  const denials = decided.kind === 'decided' ? decided.decision.denials : undefined;
  expect(denials?.map(({ path: _, ...denial }) => denial)).toEqual(found);
  return found;
}

describe('before an operation runs', () => {
  const cases = [
    { query: '{ fresh }', viewer: viewers.anonymous, as: [{ reason: 'TOKEN_MISSING' }] },
    { query: '{ fresh }', viewer: unproven, as: [{ ...tooOld, maxAge: 600 }] },
    { query: '{ fresh }', viewer: young, as: [] },
    { query: '{ fresh }', viewer: program, as: [] },
    { query: '{ strong }', viewer: young, as: [{ ...missing, factors: 2 }] },
    { query: '{ strong }', viewer: oldAndStrong, as: [] },
    { query: '{ strong }', viewer: program, as: [{ ...never, factors: 2 }] },
    {
      query: '{ freshAndStrong }',
      viewer: oldAndStrong,
      as: [{ ...tooOld, maxAge: 600, factors: 2 }],
    },
    {
      query: '{ freshAndStrong }',
      viewer: young,
      as: [{ ...missing, maxAge: 600, factors: 2 }],
    },
    { query: '{ freshAndStrong }', viewer: strong, as: [] },
    {
      query: '{ fresh strong fresher known }',
      as: [
        { ...tooOld, coordinate: 'Query.fresh', maxAge: 60, factors: 2 },
        { ...missing, coordinate: 'Query.strong', maxAge: 60, factors: 2 },
        { ...tooOld, coordinate: 'Query.fresher', maxAge: 60, factors: 2 },
      ],
    },
    { query: '{ fresh secret fresher }', as: [{ ...groupRequired, coordinate: 'Query.secret' }] },
    { query: '{ freshSecret }', as: [groupRequired] },
    { query: '{ freshSecret }', viewer: oldAdmin, as: [{ ...tooOld, maxAge: 600 }] },
    { query: '{ fresh own(id: 2) }', as: [{ code: 'FORBIDDEN', coordinate: 'Query.own' }] },
    {
      query: '{ fresh own }',
      as: [{ coordinate: 'Query.fresh' }, { ...tooOld, coordinate: 'Query.own' }],
    },
    { query: '{ own(id: 2) }', viewer: young, as: [{ reason: 'POLICY_DENIED' }] },
    { query: '{ me { id email } }', as: [{ ...tooOld, coordinate: 'Me.email', maxAge: 600 }] },
    { query: '{ searched(sort: 1) }', as: [{ ...tooOld, coordinate: 'Query.searched(sort:)' }] },
    {
      query: '{ searched(sort: 1, hidden: 2) }',
      as: [{ ...groupRequired, coordinate: 'Query.searched(hidden:)' }],
    },
    { query: '{ searched(text: "a") }', as: [] },
    { query: '{ filtered(by: { fresh: 1 }) }', as: [{ ...tooOld, coordinate: 'Filter.fresh' }] },
    {
      query: 'query ($by: Filter) { filtered(by: $by) }',
      variables: { by: { fresh: 1 } },
      as: [{ ...tooOld, coordinate: 'Filter.fresh' }],
    },
    { query: '{ filtered(level: HIGH) }', as: [{ ...tooOld, coordinate: 'Level.HIGH' }] },
    { query: '{ items { id secret } }', as: [{ ...tooOld, coordinate: 'Item.secret' }] },
    { query: '{ bills { id } }', as: [{ ...tooOld, coordinate: 'Query.bills', maxAge: 600 }] },
    { query: '{ bills { id } }', viewer: young, as: [] },
    { query: 'mutation { change { id } }', as: [{ ...tooOld, coordinate: 'Mutation.change' }] },
    { query: 'subscription { ticks { id } }', as: [{ ...tooOld, maxAge: 600 }] },
    { query: '{ named(id: "x") }', as: [{ ...tooOld, coordinate: 'Query.named' }] },
    { query: '{ secret }', viewer: withheld, as: [{ ...missing, factors: 2 }] },
    { query: '{ fresh secret }', viewer: withheld, as: [{ coordinate: 'Query.secret' }] },
    { query: '{ freshSecret }', viewer: withheld, as: [{ ...missing, factors: 2 }] },
    { query: '{ secret }', viewer: mustEnrol, as: [{ ...never, factors: 2, enrol: true }] },
    {
      query: '{ fresh secret }',
      viewer: mustEnrol,
      as: [{ ...never, coordinate: 'Query.secret', enrol: true }],
    },
    { query: '{ secretOrOwn }', viewer: withheld, as: [] },
    { query: '{ secretOrOwn(id: 2) }', viewer: withheld, as: [{ ...missing, factors: 2 }] },
    { query: '{ bills { id } }', viewer: withheld, as: [] },
  ] as const;

  it.each(cases)('$query is refused with $as', async ({ query, as, ...request }) => {
    const found = await refusalsOf(query, request);
    expect(found).toHaveLength(as.length);
    expect(found).toMatchObject(as);
  });

  it('a refusal has no other extensions than those of its proof', async () => {
    expect(await refusalsOf('{ fresh }')).toEqual([
      { ...tooOld, coordinate: 'Query.fresh', requires: [], policies: [], maxAge: 600 },
    ]);
  });

  it('a policy that fails goes before a proof', async () => {
    const request = { document: parse('{ broken fresh }'), contextValue: { viewer: old } };
    await expect(authorizeOperation(request)).rejects.toThrow('broken');
    await expect(decideOperation(request)).rejects.toThrow('broken');
  });

  it.each([
    { viewer: old, query: '{ fresh }', message: 'a factor confirmed at most 600 seconds ago' },
    { viewer: old, query: '{ strong }', message: 'Log in again to access Query.s' },
    {
      viewer: old,
      query: '{ freshAndStrong }',
      message: '2 kinds of factors confirmed at most 600',
    },
    { viewer: program, query: '{ strong }', message: 'which this client cannot provide.' },
    { viewer: mustEnrol, query: '{ secret }', message: 'Set up another factor to access Query.s' },
  ])('the message of $query is: $message', async ({ viewer, query, message }) => {
    const errors = await authorizeOperation({
      document: parse(query),
      contextValue: { viewer },
    });
    expect(errors[0]?.message).toContain(message);
  });

  it('a policy that rows have passed is not asked again, and the proof is', async () => {
    const document = parse('{ notes { id text } }');
    const decide = async (viewer: Viewer) =>
      decideOperation({ document, contextValue: { viewer } });
    expect(await decide(old)).toMatchObject({
      decision: { allowed: false, denials: [{ ...tooOld, coordinate: 'Note.text' }] },
    });
    expect(await decide(young)).toMatchObject({
      decision: { allowed: true, depends: [], narrowed: ['Query.notes'] },
    });
  });

  it('so it is for the rows of a run-time type', async () => {
    const document = parse('{ mixed { id ... on Note { text } } }');
    const dependsFor = async (viewer: Viewer) => {
      const decided = await decideOperation({ document, contextValue: { viewer } });
      return decided.kind === 'decided' ? decided.decision.depends : undefined;
    };
    expect(await dependsFor(old)).toEqual(['Note.text']);
    expect(await dependsFor(young)).toEqual([]);
  });

  it('what depends on run-time types is not decided', async () => {
    const text = '{ node { __typename id } level }';
    expect(await refusalsOf(text)).toEqual([]);
    const request = { document: parse(text), contextValue: { viewer: old } };
    expect(await decideOperation(request)).toMatchObject({
      decision: { allowed: true, depends: ['Query.node', 'Node.id', 'Query.level'] },
    });
    const asYoung = { ...request, contextValue: { viewer: young } };
    expect(await decideOperation(asYoung)).toMatchObject({ decision: { depends: [] } });
  });
});

type Executor = (request: {
  readonly document: DocumentNode;
  readonly contextValue: { readonly viewer: Viewer };
}) => Promise<ExecutionResult>;

const executors: Readonly<Record<string, Executor>> = {
  'graphql-js': async (request) => execute({ schema, ...request }),
  'authorization.execute': async (request) => {
    await authorization.execute({ schema, ...request });
    ran.length = 0;
    clock.seconds = 0;
    return authorization.execute({ schema, ...request });
  },
};

describe.each(Object.entries(executors))('while %s runs an operation', (_name, run) => {
  const answer = async (text: string, viewer: Viewer) => {
    const { data, errors = [] } = await run({ document: parse(text), contextValue: { viewer } });
    return {
      data: JSON.parse(JSON.stringify(data)),
      errors: errors.map(({ extensions }) => `${extensions.reason} ${extensions.coordinate}`),
    };
  };

  it.each([
    { text: '{ fresh }', data: { fresh: null }, at: 'Query.fresh' },
    { text: '{ node { id } }', data: { node: null }, at: 'Vault' },
    { text: '{ node { __typename } }', data: { node: null }, at: 'Vault' },
    { text: '{ level }', data: { level: null }, at: 'Level.HIGH' },
    { text: '{ me { id email } }', data: { me: { id: 1, email: null } }, at: 'Me.email' },
    { text: '{ own }', data: { own: null }, at: 'Query.own' },
    { text: '{ searched(sort: 1) }', data: { searched: null }, at: 'Query.searched(sort:)' },
    { text: '{ bills { id } }', data: { bills: null }, at: 'Query.bills' },
    { text: '{ items { id secret } }', data: null, at: 'Item.secret' },
  ])('$text is refused to a viewer whose proof is too old', async ({ text, data, at: place }) => {
    expect(await answer(text, old)).toMatchObject({ data });
    expect((await answer(text, old)).errors).toContain(`AUTHENTICATION_TOO_OLD ${place}`);
    const { errors } = await answer(text, viewers.youngAdmin);
    expect(errors).toEqual([]);
  });

  it('groups of the input go before the proof of the field', async () => {
    expect(await answer('{ searched(sort: 1, hidden: 1) }', old)).toEqual({
      data: { searched: null },
      errors: ['GROUP_REQUIRED Query.searched(hidden:)'],
    });
  });

  it('groups of the input go before the proof of the field that has it', async () => {
    expect(await answer('{ sorted(hidden: 1) }', old)).toEqual({
      data: { sorted: null },
      errors: ['GROUP_REQUIRED Query.sorted(hidden:)'],
    });
    expect(await answer('{ sorted }', old)).toEqual({
      data: { sorted: null },
      errors: ['AUTHENTICATION_TOO_OLD Query.sorted'],
    });
  });

  it.each([
    { name: 'ruled', hidden: ['AUTHENTICATION_TOO_OLD Query.ruled'] },
    // Only the row shows its type: one that is hidden asks for no proof.
    { name: 'ruledNode', hidden: [] },
  ])('a rule for a type narrows after its proof: $name', async ({ name, hidden }) => {
    const text = `{ ${name} { __typename } }`;
    const refused = [expect.stringMatching(/^AUTHENTICATION_TOO_OLD /)];
    expect(await answer(text, old)).toEqual({ data: { [name]: null }, errors: hidden });
    expect(await answer(text, oldAdmin)).toEqual({ data: { [name]: null }, errors: refused });
    expect(await answer(text, young)).toEqual({ data: { [name]: null }, errors: [] });
    const data = { [name]: { __typename: 'Ruled' } };
    expect(await answer(text, viewers.youngAdmin)).toEqual({ data, errors: [] });
  });

  it('no rejection is left unhandled in a list whose items are refused', () =>
    withoutUnhandledRejections(async () => {
      const text = '{ late { ... on Late { late } ... on Closed { secret } } }';
      expect(await answer(text, old)).toMatchObject({ data: { late: null } });
    }));

  it('a withheld group counts after the policies', async () => {
    expect(await answer('{ own: secretOrOwn }', withheld)).toMatchObject({ errors: [] });
    expect(await answer('{ other: secretOrOwn(id: 2) }', withheld)).toMatchObject({
      errors: ['FACTORS_MISSING Query.secretOrOwn'],
    });
    expect(await answer('{ me { name } }', withheld)).toMatchObject({ errors: [] });
  });
});

describe('the age of a proof', () => {
  const twoSteps = parse('mutation { wait(seconds: 650) change { id secret } }');

  it('is measured once in a mutation, when it is authorized', async () => {
    const request = { document: twoSteps, contextValue: { viewer: young } };
    expect(await authorizeOperation(request)).toEqual([]);
    const { data, errors } = await execute({ schema, ...request });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ wait: 'waited', change: { id: 1, secret: 2 } });
    expect(clock.reads).toBe(1);
  });

  it('is measured once in a mutation on the guarded schema alone', async () => {
    const { errors } = await execute({
      schema,
      document: twoSteps,
      contextValue: { viewer: young },
    });
    expect(errors).toBeUndefined();
    expect(clock.reads).toBe(1);
  });

  it('is measured again for the next execution', async () => {
    const contextValue = { viewer: young };
    const document = parse('{ fresh }');
    expect(await authorizeOperation({ document, contextValue })).toEqual([]);
    clock.seconds = 600;
    expect(await authorizeOperation({ document, contextValue })).toHaveLength(1);
    clock.seconds = 590;
    expect(await authorizeOperation({ document, contextValue })).toEqual([]);
  });

  it('is not measured again when the guards of a running field are checked again', async () => {
    const contextValue = { viewer: young };
    changing.check = (call, info) => {
      clock.seconds = 9999;
      return authorization.authorizeField(call, info);
    };
    const alone = parse('mutation { change { id } }');
    expect((await execute({ schema, document: alone, contextValue })).errors).toBeUndefined();
    expect([ran, clock.reads]).toEqual([['change'], 1]);
    clock.seconds = 0;
    const document = parse('mutation ($no: Boolean = false) { change @skip(if: $no) { id } }');
    expect(await authorizeOperation({ document, contextValue })).toEqual([]);
    expect((await execute({ schema, document, contextValue })).errors).toBeUndefined();
    changing.check = async () => {};
    expect([ran, clock.reads]).toEqual([['change', 'change'], 2]);
  });

  it('is measured for each event, which ends the subscription', async () => {
    const results = await subscribe({
      schema,
      document: parse('subscription { ticks { id } }'),
      contextValue: { viewer: young },
    });
    if (!(Symbol.asyncIterator in results)) throw new Error('It was refused.');
    expect((await results.next()).value).toMatchObject({ data: { ticks: { id: 1 } } });
    clock.seconds = 590;
    expect((await results.next()).value).toMatchObject({ data: { ticks: { id: 2 } } });
    clock.seconds = 591;
    expect((await results.next()).value).toMatchObject({
      data: { ticks: null },
      errors: [{ extensions: { ...tooOld, maxAge: 600 } }],
    });
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it('is measured for the opening of a subscription', async () => {
    const document = parse('subscription { ticks { id } }');
    const contextValue = { viewer: young };
    expect(await authorizeOperation({ document, contextValue })).toEqual([]);
    clock.seconds = 9999;
    expect(await subscribe({ schema, document, contextValue })).toHaveProperty('next');
    const refused = { document, contextValue: { viewer: old } };
    expect(await subscribe({ schema, ...refused })).toMatchObject({
      errors: [{ extensions: tooOld }],
    });
    expect(ran).toEqual([]);
  });

  it('refuses a running subscription when it is authorized again, and its event', async () => {
    const document = parse('subscription { ticks { id } }');
    const request = { document, contextValue: { viewer: young } };
    expect(await authorizeOperation(request)).toEqual([]);
    clock.seconds = 9999;
    expect(await authorizeOperation(request)).toMatchObject([{ extensions: tooOld }]);
    expect(
      await executeEvent({ schema, ...request, rootValue: { ticks: { id: 1 } } }),
    ).toMatchObject({ errors: [{ extensions: tooOld }] });
  });

  it('of an event whose run-time type asks for it', async () => {
    const results = await subscribe({
      schema,
      document: parse('subscription { openTicks { id } }'),
      contextValue: { viewer: young },
    });
    if (!(Symbol.asyncIterator in results)) throw new Error('It was refused.');
    expect((await results.next()).value).toMatchObject({ data: { openTicks: { id: 1 } } });
    clock.seconds = 9999;
    expect((await results.next()).value).toMatchObject({ errors: [{ extensions: tooOld }] });
    expect((await results.next()).done).toBe(true);
  });

  it('is the present time by default', async () => {
    const { source } = authorization;
    const policies = { SELF: () => true, BOSS: () => true, MINE: rowsOfAll };
    const ofSystem = createAuthorization<Viewer, { readonly viewer: Viewer }>(source, {
      policies,
      types: { Item: { byIds: () => [] }, Bill: { byIds: () => [] } },
      viewerOf: ({ viewer }) => viewer,
    });
    const authenticatedAt = { PASSWORD: new Date() };
    const viewer: Viewer = { isAuthenticated: true, groups: new Set(), authenticatedAt };
    const request = { document: parse('{ fresh }'), contextValue: { viewer } };
    expect(await ofSystem.authorizeOperation(request)).toEqual([]);
  });
});

const rowsOfAll = { reads: [], admits: () => true, where: () => ({}) };

describe('an operation with lenient handling', () => {
  const lenient = (text: string, viewer: Viewer = old) => {
    const document = parse(text);
    const contextValue = { viewer };
    return admit({ document, contextValue, prefer: 'handling=lenient' }).then(async (admission) => {
      if (admission.kind === 'answered') return admission;
      return await admission.finish(await execute({ schema, document, contextValue }));
    });
  };

  it('nulls what groups, policies and proofs refuse', async () => {
    const { result } = await lenient('{ open secret fresh own(id: 2) strong known }');
    expect(result).toMatchObject({
      data: { open: 'open', secret: null, fresh: null, own: null, strong: null, known: 'known' },
    });
    expect(result.errors?.map(({ extensions }) => extensions.reason)).toEqual([
      'GROUP_REQUIRED',
      'AUTHENTICATION_TOO_OLD',
      'POLICY_DENIED',
      'FACTORS_MISSING',
    ]);
    expect(ran).toEqual(['open', 'known']);
  });
});

describe('a query that is refused while it runs', () => {
  it.each([
    {
      text: '{ node { id } level }',
      reasons: ['AUTHENTICATION_TOO_OLD', 'AUTHENTICATION_TOO_OLD'],
    },
    { text: '{ node { id } stranger { name } level }', reasons: ['POLICY_DENIED'] },
  ])('has only the refusals of the first step that refuses: $text', async ({ text, reasons }) => {
    const document = parse(text);
    const contextValue = { viewer: old };
    const admission = await admit({ document, contextValue });
    if (admission.kind === 'answered') throw new Error('It was refused before.');
    const { result } = await admission.finish(await execute({ schema, document, contextValue }));
    expect(result).not.toHaveProperty('data');
    expect(result.errors?.map(({ extensions }) => extensions.reason)).toEqual(reasons);
  });
});

describe('a dry run', () => {
  it('reports all refusals, and refuses nothing', async () => {
    const reported: string[] = [];
    const dry = createProofs({ report: ({ coordinate }) => void reported.push(coordinate) });
    const document = parse('{ open secret fresh node { id } }');
    const contextValue = { viewer: old };
    expect(await dry.authorizeOperation({ document, contextValue })).toEqual([]);
    const { errors } = await execute({ schema: dry.schema, document, contextValue });
    expect(errors).toBeUndefined();
    expect(reported).toEqual(['Query.secret', 'Query.fresh', 'Vault', 'Vault.id']);
  });
});
