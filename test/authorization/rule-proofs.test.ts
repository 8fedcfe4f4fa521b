import { createAdmit } from '@graphql-gatehouse/authorization';
import { type ExecutionResult, execute, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { executeKnown } from './execute-known.ts';
import { useHosts } from './library-hosts.ts';
import { clock } from './proofs-world.ts';
import { askers, createRuleProofs, done, type ProofContext } from './rule-proofs-world.ts';

const authorization = createRuleProofs();
const hosts = useHosts(authorization);
const admit = createAdmit(authorization);

beforeEach(() => {
  clock.seconds = 0;
  done.length = 0;
});

/** One way to a row of the type whose rule asks for two factors. */
interface Way {
  readonly text: string;
  /** Whether the refusal comes before anything is read or run. */
  readonly isBefore?: true;
  /** Whether it is one of who holds a group of the rule alone: from others it would hide the row. */
  readonly isOfGroup?: true;
  /** Whether it is the same for a row that does not exist for the viewer. */
  readonly isKnown?: true;
}

const before = { isBefore: true, isKnown: true } as const;
const known = { isKnown: true } as const;
const ofGroup = { isOfGroup: true } as const;

const vaultIds = '["s-ada", "v-ada"]';

/** Every way to a vault. By those without `isKnown`, only the row shows its type. */
const ways: readonly Way[] = [
  // Its type is that of the field.
  { text: '{ vault(id: "v-ada") { id } }', ...before },
  { text: '{ vault(id: "v-ada") { __typename } }', ...before },
  { text: '{ vaults { id } }', ...before },
  { text: '{ vaultPage { totalCount } }', ...before },
  { text: '{ vaultPage { edges { cursor } } }', ...before },
  { text: '{ holder { vault { __typename } } }', ...before },
  // An id names it.
  { text: '{ named(id: "v-ada") }', ...before },
  { text: '{ byDefault }', ...before },
  { text: '{ input(input: { ids: ["v-ada"] }) }', ...before },
  { text: '{ namedNode(id: "v-ada") }' },
  { text: 'mutation { open(id: "v-ada") }', ...before },
  // A resolver reads it.
  { text: '{ find(type: "Vault", id: "v-ada") }', ...known },
  { text: '{ find(type: "Node", id: "v-ada") }' },
  { text: '{ filterOf(type: "Vault") }', ...known },
  { text: '{ filterOf(type: "Node") }', ...known },
  { text: '{ rowsOf(type: "Vault") { id } }', ...known },
  { text: `{ rowsOf(ids: ${vaultIds}) { ... on Shelf { id } } }` },
  { text: '{ page(ids: [], ask: ["Vault"]) { totalCount } }', ...known },
  { text: '{ page(ids: [], ask: [null]) { totalCount } }', ...known },
  { text: '{ latePage(ids: [], ask: [null]) { totalCount } }', ...known },
  { text: 'mutation { reread(type: "Vault", id: "v-ada") }', ...known },
  { text: 'mutation { reread(type: "Node", id: "v-ada") }' },
  // Its type is one of several.
  { text: '{ node(id: "v-ada") { id } }' },
  { text: '{ node(id: "v-ada") { ... on Shelf { books } } }' },
  { text: '{ node(id: "v-ada") { __typename } }' },
  { text: '{ strictNode { id } }' },
  { text: '{ item(id: "v-ada") { ... on Vault { id } } }' },
  { text: '{ holder { item(id: "v-ada") { id } } }' },
  { text: `{ nodes(ids: ${vaultIds}) { id } }` },
  { text: `{ items(ids: ${vaultIds}) { ... on Shelf { id } } }` },
  { text: 'mutation { put(id: "v-ada") { id } }' },
  // It is one of a connection.
  { text: `{ page(ids: ${vaultIds}, ask: ["Shelf"]) { totalCount } }`, ...ofGroup },
  { text: `{ page(ids: ${vaultIds}, ask: ["Shelf"]) { edges { cursor } } }`, ...ofGroup },
  {
    text: `{ page(ids: ${vaultIds}, ask: ["Shelf"]) { nodes { ... on Shelf { books } } } }`,
    ...ofGroup,
  },
  {
    text: `{ latePage(ids: ${vaultIds}, ask: ["Shelf"]) { edges { node { __typename } } } }`,
    ...ofGroup,
  },
];

const ofAll = ways.filter(({ isOfGroup }) => isOfGroup === undefined);
const viewers = [
  { name: 'owner', waysOf: ofAll, unproven: askers.owner, proven: askers.provenOwner },
  { name: 'ADMIN', waysOf: ways, unproven: askers.admin, proven: askers.provenAdmin },
];

type Run = (text: string, context: ProofContext) => Promise<ExecutionResult>;

/** The guarded schema alone, by each executor. */
const executors: Readonly<Record<string, Run>> = {
  'graphql-js': async (text, contextValue) =>
    execute({ schema: authorization.schema, document: parse(text), contextValue }),
  'authorization.execute': (text, contextValue) =>
    executeKnown(authorization, { document: parse(text), contextValue }),
};

const isMutation = (text: string): boolean => text.startsWith('mutation');

describe.each(hosts)('behind $name', (host) => {
  describe.each(viewers)('the $name without the second factor', ({ unproven: viewer, waysOf }) => {
    it.each(waysOf)('is asked for it at $text', async ({ text, isBefore }) => {
      const { status, body, header } = await host.ask(text, { viewer });
      expect(body.errors).toMatchObject([
        { extensions: { code: 'UNAUTHENTICATED', reason: 'FACTORS_MISSING', factors: 2 } },
      ]);
      if (isMutation(text) && isBefore === undefined) {
        expect(status).toBe(200);
      } else {
        expect([status, 'data' in body]).toEqual([401, false]);
        expect(header('www-authenticate')).toContain('insufficient_user_authentication');
      }
      if (isBefore) expect(done).toEqual([]);
    });
  });

  describe.each(viewers)('the $name with both factors', ({ proven: viewer, waysOf }) => {
    it.each(waysOf)('is admitted to $text', async ({ text }) => {
      const { status, body } = await host.ask(text, { viewer });
      expect([status, body.errors]).toEqual([200, undefined]);
    });
  });

  it.each(ofAll.filter(({ isKnown, text }) => isKnown === undefined && text.includes('v-ada')))(
    'a row that is hidden answers as a missing one does: $text',
    async ({ text }) => {
      const answers = [];
      for (const id of ['v-bob', 'v-none']) {
        const { status, body } = await host.ask(text.replaceAll('v-ada', id), {
          viewer: askers.owner,
        });
        const withoutPath = JSON.stringify(body).replaceAll('v-bob', 'v-none');
        answers.push([status, withoutPath]);
        expect(withoutPath).not.toContain('FACTORS_MISSING');
      }
      // A mutation says that it was done, and a hidden row beside a filter is the mistake of the resolver.
      if (!/put|rowsOf/.test(text)) expect(answers[0]).toEqual(answers[1]);
    },
  );
});

describe.each(Object.entries(executors))('on the guarded schema alone, by %s', (_name, run) => {
  describe.each(viewers)('the $name without the second factor', ({ unproven: viewer, waysOf }) => {
    it.each(waysOf)('is asked for it at $text', async ({ text }) => {
      const { data, errors = [] } = await run(text, { viewer });
      expect(errors.map(({ extensions }) => extensions.reason)).toEqual(['FACTORS_MISSING']);
      expect(JSON.stringify(data)).not.toContain('v-ada');
    });
  });

  describe.each(viewers)('the $name with both factors', ({ proven: viewer, waysOf }) => {
    it.each(waysOf)('is admitted to $text', async ({ text }) => {
      expect(await run(text, { viewer })).not.toHaveProperty('errors');
    });
  });
});

describe('a connection of several types', () => {
  const ask = async (text: string, viewer = askers.owner) => {
    const request = { document: parse(text), contextValue: { viewer } };
    const admission = await admit(request);
    if (admission.kind === 'answered') return { ran: false, ...admission.result };
    const executed = await execute({ schema: authorization.schema, ...request });
    return { ran: true, ...(await admission.finish(executed)).result };
  };

  it('asks nothing beforehand, and delivers rows whose rules ask for nothing', async () => {
    const text = '{ page(ids: ["s-ada"], ask: ["Shelf"]) { totalCount } }';
    for (const viewer of [askers.owner, askers.admin]) {
      expect(await ask(text, viewer)).toEqual({ ran: true, data: { page: { totalCount: 1 } } });
    }
  });

  it.each([
    '{ page(ids: []) { totalCount } }',
    '{ latePage(ids: ["v-ada"]) { totalCount } }',
    '{ pages { totalCount } }',
  ])('counts the rows of all types unless its resolver asks for some: %s', async (text) => {
    expect(await ask(text, askers.admin)).toMatchObject({
      ran: true,
      errors: [{ extensions: { reason: 'FACTORS_MISSING', coordinate: 'Vault' } }],
    });
    expect(await ask(text, askers.provenAdmin)).not.toHaveProperty('errors');
  });
});

/** Runs an operation as a host does. */
async function answerOf(
  text: string,
  viewer: ProofContext['viewer'],
  prefer?: string,
): Promise<ExecutionResult> {
  const request = { document: parse(text), contextValue: { viewer } };
  const admission = await admit({ ...request, prefer });
  if (admission.kind === 'answered') return admission.result;
  const executed = await execute({ schema: authorization.schema, ...request });
  return (await admission.finish(executed)).result;
}

const refusalsOf = async (...asked: Parameters<typeof answerOf>) =>
  (await answerOf(...asked)).errors?.map(
    ({ extensions: { reason, code, coordinate } }) => `${reason ?? code} ${coordinate}`,
  );

describe('the proof of a rule in the order of decisions', () => {
  it('is asked after groups, and before ids are read', async () => {
    const text = '{ named(id: "v-none") other: named(id: "v-bob") secret }';
    expect(await refusalsOf(text, askers.owner)).toEqual(['GROUP_REQUIRED Query.secret']);
    expect(await refusalsOf(text.replace('secret', ''), askers.owner)).toEqual([
      'FACTORS_MISSING Query.named(id:)',
      'FACTORS_MISSING Query.named(id:)',
    ]);
    expect(done).toEqual([]);
    expect(await refusalsOf('{ named(id: "v-bob") }', askers.provenOwner)).toEqual([
      'NOT_FOUND Query.named(id:)',
    ]);
  });

  it('is joined with what else the operation asks', async () => {
    const { errors } = await answerOf('{ named(id: "v-ada") fresh }', askers.owner);
    expect(errors).toMatchObject([
      { extensions: { coordinate: 'Query.named(id:)', factors: 2, maxAge: 5 } },
      { extensions: { coordinate: 'Query.fresh', factors: 2, maxAge: 5 } },
    ]);
  });

  it('goes behind missing rows where only the row shows the type, and before what may be named', async () => {
    const text = '{ a: namedNode(id: "v-ada") b: namedNode(id: "v-bob") }';
    expect(await refusalsOf(text, askers.owner)).toEqual(['NOT_FOUND Query.namedNode(id:)']);
    const named = '{ editNode(id: "v-ada") }';
    expect(await refusalsOf(named, askers.owner)).toEqual(['FACTORS_MISSING Query.editNode(id:)']);
    expect(await refusalsOf(named, askers.provenOwner)).toEqual([
      'POLICY_DENIED Query.editNode(id:)',
    ]);
  });

  it.each(['{ named }', '{ named(id: null) }', '{ input(input: { ids: [] }) }'])(
    'is not asked where no id is given: %s',
    async (text) => {
      expect(await refusalsOf(text, askers.owner)).toBeUndefined();
    },
  );

  it('nulls a field with lenient handling, whose ids are not read', async () => {
    const text = '{ open named(id: "v-ada") }';
    expect(await answerOf(text, askers.owner, 'handling=lenient')).toMatchObject({
      data: { open: 1, named: null },
      errors: [{ path: ['named'], extensions: { reason: 'FACTORS_MISSING' } }],
    });
    expect(done).toEqual([]);
  });

  it('is final for a program, which has one kind of factor', async () => {
    const text = '{ named(id: "v-ada") }';
    expect((await answerOf(text, askers.program)).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', reason: 'FACTORS_MISSING' } },
    ]);
  });

  it('is not asked of anonymous viewers, for whom no row exists', async () => {
    expect(await refusalsOf('{ openNamed(id: "v-ada") }', askers.anonymous)).toEqual([
      'NOT_FOUND Query.openNamed(id:)',
    ]);
  });
});

describe('a decision without execution', () => {
  const decisionOf = async (text: string, viewer: ProofContext['viewer']) => {
    const decided = await authorization.decideOperation({
      document: parse(text),
      contextValue: { viewer },
    });
    if (decided.kind === 'invalid') throw new Error(String(decided.errors));
    const { allowed, denials, depends } = decided.decision;
    return { allowed, denials: denials.map(({ coordinate }) => coordinate), depends };
  };

  it.each([
    { text: '{ named(id: "v-ada") }', denials: ['Query.named(id:)'], depends: [] },
    { text: '{ byDefault }', denials: ['Query.byDefault(id:)'], depends: [] },
    { text: '{ namedNode(id: "v-ada") }', denials: ['Query.namedNode(id:)'], depends: [] },
    { text: '{ namedNode(id: "s-ada") }', denials: [], depends: [] },
    { text: '{ page(ids: []) { totalCount } }', denials: [], depends: ['Query.page'] },
    { text: '{ node(id: "v-ada") { id } }', denials: [], depends: ['Query.node'] },
  ])('says what the proof refuses of $text', async ({ text, denials, depends }) => {
    expect(await decisionOf(text, askers.admin)).toEqual({
      allowed: denials.length === 0,
      denials,
      depends,
    });
    expect(await decisionOf(text, askers.provenAdmin)).toEqual({
      allowed: true,
      denials: [],
      depends: [],
    });
  });
});

describe('the age of a proof that a rule asks for', () => {
  const slow = (then: string) => `mutation { wait(seconds: 700) ${then} }`;

  it.each([
    slow('reread(type: "Fresh", id: "f-ada")'),
    slow('look(type: "Fresh", id: "f-ada")'),
    slow('sum(type: "Fresh")'),
    slow('renew(id: "f-ada") { __typename }'),
  ])('is measured once for all resolvers of an execution: %s', async (text) => {
    expect(await refusalsOf(text, askers.owner)).toBeUndefined();
    expect(clock.seconds).toBe(700);
    expect(await refusalsOf(text, askers.owner)).toEqual([
      expect.stringMatching(/^AUTHENTICATION_TOO_OLD (Fresh|Mutation.reread)$/),
    ]);
  });

  it('is measured at the present time where nothing is executed', async () => {
    const contextValue = { viewer: askers.owner };
    expect(await authorization.find('Fresh', 'f-ada', contextValue)).toMatchObject({ id: 'f-ada' });
    clock.seconds = 700;
    await expect(authorization.find('Fresh', 'f-ada', contextValue)).rejects.toMatchObject({
      extensions: { reason: 'AUTHENTICATION_TOO_OLD', coordinate: 'Fresh' },
    });
    expect(() => authorization.filterOf('Fresh', contextValue)).toThrow(/^Log in again/);
  });
});

describe('a subscription', () => {
  const resultsOf = async (text: string, viewer: ProofContext['viewer']) => {
    const stream = await authorization.subscribe({
      schema: authorization.schema,
      document: parse(text),
      contextValue: { viewer },
    });
    if (!(Symbol.asyncIterator in stream)) return [stream];
    const results: ExecutionResult[] = [];
    for await (const each of stream) results.push(each);
    return results;
  };

  it('opens no stream for an id of a type whose rule asks for a proof', async () => {
    const text = 'subscription { watch(id: "v-ada") }';
    expect(await resultsOf(text, askers.owner)).toMatchObject([
      {
        errors: [
          { extensions: { reason: 'FACTORS_MISSING', coordinate: 'Subscription.watch(id:)' } },
        ],
      },
    ]);
    expect(done).toEqual([]);
    expect(await resultsOf(text, askers.provenOwner)).toMatchObject([{ data: { watch: 1 } }]);
  });

  it('refuses an event whose row is not hidden, and has no event of a hidden one', async () => {
    const text = (id: string) => `subscription { put(id: "${id}") { id } }`;
    expect(await resultsOf(text('v-ada'), askers.owner)).toMatchObject([
      { errors: [{ extensions: { reason: 'FACTORS_MISSING', coordinate: 'Vault' } }] },
    ]);
    expect(await resultsOf(text('v-bob'), askers.owner)).toEqual([]);
    expect(await resultsOf(text('v-ada'), askers.provenOwner)).toMatchObject([
      { data: { put: { id: 'v-ada' } } },
    ]);
  });
});

describe('a dry run', () => {
  it('reports the proof that a rule asks for, and refuses nothing', async () => {
    const reported: string[] = [];
    const dry = createRuleProofs({ report: ({ coordinate }) => void reported.push(coordinate) });
    const ask = async (text: string) => {
      reported.length = 0;
      const request = { document: parse(text), contextValue: { viewer: askers.admin } };
      expect(await dry.authorizeOperation(request)).toEqual([]);
      expect(await execute({ schema: dry.schema, ...request })).not.toHaveProperty('errors');
      return reported.slice();
    };
    expect(await ask('{ named(id: "v-ada") }')).toEqual(['Query.named(id:)']);
    expect(await ask('{ node(id: "v-ada") { id } }')).toEqual(['Vault']);
    expect(await ask('{ find(type: "Vault", id: "v-ada") filterOf(type: "Node") }')).toEqual([]);
    expect(await ask('{ page(ids: ["v-ada"]) { totalCount } }')).toEqual([]);
  });
});
