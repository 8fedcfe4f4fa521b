import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decided, decide } from '../../site/try/decide.ts';
import { examples } from '../../site/try/examples.ts';
import { maxFragment, readFragment, type TryState, toFragment } from '../../site/try/state.ts';
import { compareVerdicts } from './compare-verdicts.ts';

const [{ state: first }] = examples;

const decideWith = (changes: Partial<TryState>): Promise<Decided> =>
  decide({ ...first, ...changes });

const statusesOf = ({ operation }: Decided) => operation?.answers.map(({ status }) => status);

describe('the playground of decisions', () => {
  it('answers as a server does, with each coordinate, its requirement and the reason', async () => {
    const { operation } = await decideWith({ groups: ['SUPPORT'] });
    expect(operation?.reasons?.coordinates.items.at(-1)).toEqual({
      path: 'invoices.totalCents',
      coordinate: 'Invoice.totalCents',
      requirement: '@auth(requires: [ACCOUNTING])',
      decision: 'denied by @auth(requires: [ACCOUNTING])',
    });
    const [answer] = operation?.answers ?? [];
    expect(answer?.status).toBe(403);
    expect(answer?.headers['www-authenticate']).toContain('insufficient_scope');
    expect(JSON.parse(answer?.body ?? '').errors[0].extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Invoice.totalCents',
      requires: [['ACCOUNTING']],
    });
  });

  it('follows the groups, and takes a viewer without a login for anonymous', async () => {
    expect(statusesOf(await decideWith({ groups: ['ADMIN'] }))).toEqual([undefined]);
    expect(statusesOf(await decideWith({ groups: null }))).toEqual([401]);
    // A link can name groups that the schema does not have.
    expect(statusesOf(await decideWith({ groups: ['toString', '__proto__'] }))).toEqual([403]);
  });

  it('names startup errors with their lines', async () => {
    const sdl = 'enum Group { A }\ntype Query {\n  a: Int\n  b: Int @auth(requires: [B])\n}';
    const { problems, schema } = await decideWith({ sdl });
    expect(problems.items).toEqual([
      { text: 'Query.a: a root field must have @auth or @public', line: 3 },
      { text: expect.stringMatching(/^Query\.b: .* "B" does not exist in "Group" enum/), line: 4 },
    ]);
    expect(schema).toBeUndefined();
    const unknown = await decideWith({ sdl: sdl.replace('a: Int', 'a: Imt') });
    expect(unknown.problems.items).toEqual([
      { text: expect.stringContaining('Unknown type "Imt".'), line: 3 },
    ]);
    const unfinished = await decideWith({ sdl: 'type Query {\n' });
    expect(unfinished.problems.items).toEqual([
      { text: 'Syntax Error: Expected Name, found <EOF>.', line: 2 },
    ]);
  });

  it.each(['', 'type Query { a: Int }', 'type __proto__ { a: Int }', 'enum Group { __proto__ }'])(
    'says what is wrong with %j',
    async (sdl) => {
      const { problems } = await decideWith({ sdl });
      expect(problems.items.length).toBeGreaterThan(0);
    },
  );

  it('names mistakes of the operation with their lines, and of the variables', async () => {
    const { mistakes } = await decideWith({ operation: '{\n  nothing\n}' });
    expect(mistakes.items).toEqual([
      { text: 'Cannot query field "nothing" on type "Query".', line: 2 },
    ]);
    const wrong = await decideWith({ variables: '[]' });
    expect(wrong.mistakes.items).toEqual([{ text: 'The variables must be one JSON object.' }]);
  });

  it('says what is nested too deeply', async () => {
    const { problems } = await decideWith({ sdl: `type Query { a: ${'['.repeat(100_000)}` });
    expect(problems.items).toEqual([{ text: 'The schema is nested too deeply.' }]);
    const { mistakes } = await decideWith({ operation: '{a'.repeat(100_000) });
    expect(mistakes.items).toEqual([{ text: 'The operation is nested too deeply.' }]);
  });

  it('shows a refusal of an operation whose variables do not match', async () => {
    const asked = {
      sdl: examples[1]?.state.sdl ?? '',
      operation: examples[1]?.state.operation ?? '',
    };
    const anonymous = await decideWith({ ...asked, groups: null });
    expect(anonymous.mistakes.items).toEqual([
      { text: 'Variable "$name" of required type "String!" was not provided.' },
    ]);
    expect(statusesOf(anonymous)).toEqual([401]);
    expect(anonymous.operation?.reasons).toBeUndefined();
    const { mistakes, operation } = await decideWith({ ...asked, groups: ['ADMIN'] });
    expect([mistakes.items.length, operation]).toEqual([1, undefined]);
  });

  it('shows both answers where a policy depends, and one where it does not', async () => {
    const own = 'enum Group { A } enum Policy { P } type Query { a: Int @auth(or: [P]) }';
    const asked = { sdl: own, operation: '{ a }', groups: [] };
    const { operation } = await decideWith(asked);
    expect(operation?.answers.map(({ policies, status }) => ({ policies, status }))).toEqual([
      { policies: 'allows', status: undefined },
      { policies: 'denies', status: 403 },
    ]);
    const denies = new Map([['P', 'denies']] as const);
    expect(statusesOf(await decideWith({ ...asked, policies: denies }))).toEqual([403]);
    const allows = new Map([['P', 'allows']] as const);
    expect(statusesOf(await decideWith({ ...asked, policies: allows }))).toEqual([undefined]);
  });

  it('counts factors and the age of the login', async () => {
    const step = examples.find(({ title }) => title.startsWith('Step-up'));
    const reasonFor = async (minutes: number, factors: number) => {
      const { operation } = await decide({ ...first, ...step?.state, minutes, factors });
      const [{ body } = { body: '' }] = operation?.answers ?? [];
      return body === '' ? undefined : JSON.parse(body).errors[0].extensions.reason;
    };
    expect(await reasonFor(5, 1)).toBe('FACTORS_MISSING');
    expect(await reasonFor(30, 2)).toBe('AUTHENTICATION_TOO_OLD');
    expect(await reasonFor(5, 2)).toBeUndefined();
  });

  it('lists what changed in the matrix against a kept schema', async () => {
    const sdl = first.sdl.replace(
      'totalCents: Int! @auth(requires: [ACCOUNTING])',
      'totalCents: Int!',
    );
    const { schema } = await decideWith({ sdl, kept: first.sdl });
    expect(schema?.changes?.items).toEqual([
      expect.stringMatching(/^opens +Invoice\.totalCents: .*SUPPORT no -> \(as its parent\)/),
    ]);
    expect((await decideWith({ kept: first.sdl })).schema?.changes?.items).toEqual([]);
    expect((await decideWith({ kept: 'type' })).schema?.changes).toBeUndefined();
  });

  it('shows the schema of the viewer, and the shortest paths to a coordinate', async () => {
    const { schema, paths } = await decideWith({ coordinate: 'Invoice.totalCents' });
    expect(schema?.visible).toContain('customer');
    expect(schema?.visible).not.toContain('totalCents');
    expect(paths?.text).toMatch(/^Query\.invoices > Invoice\.totalCents\n/);
    expect((await decideWith({ coordinate: '__proto__' })).paths?.text).toBe(
      'The schema has no __proto__.',
    );
  });

  it('shows the first part of what is large', async () => {
    const fields = Array.from({ length: 1_000 }, (_, index) => `f${index}: Int @public`);
    const { schema } = await decideWith({
      sdl: `enum Group { A } type Query { ${fields.join(' ')} }`,
    });
    expect(schema?.rows.items.length).toBe(300);
    expect(schema?.rows.hidden).toBe(700);
  });

  it.each(examples)('has an example without a mistake: $title', async ({ title, state }) => {
    const { problems, mistakes, schema, operation } = await decide(state);
    expect([...problems.items, ...mistakes.items]).toEqual([]);
    expect(operation).toBeDefined();
    expect((schema?.findings.items.length ?? 0) > 0).toBe(title.startsWith('A hole'));
  });
});

describe('the address of the page', () => {
  it.each(examples)('holds the example: $title', ({ state }) => {
    const policies = new Map([['__proto__', 'denies']] as const);
    const whole = { ...state, policies, kept: 'ä€😀' };
    expect(readFragment(toFragment(whole) ?? '')).toEqual(whole);
  });

  it('holds nothing that is too large', () => {
    expect(toFragment({ ...first, sdl: 'a'.repeat(maxFragment) })).toBeUndefined();
    expect(readFragment('a'.repeat(maxFragment + 1))).toBeUndefined();
    expect(toFragment({ ...first, sdl: 'a'.repeat(30_000) })?.length).toBeLessThan(maxFragment);
  });

  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    '',
    'access-matrix',
    '%',
    encoded(null),
    encoded([]),
    encoded({}),
    encoded({ ...first, policies: [['A', 'yes']] }),
    encoded({ ...first, policies: { A: 'denies' } }),
    encoded({ ...first, policies: [], minutes: -1 }),
    encoded({ ...first, policies: [], factors: 3 }),
    encoded({ ...first, policies: [], sdl: { toString: 'a' } }),
    encoded({ __proto__: { ...first, policies: [] } }),
  ])('is no state: %s', (fragment) => {
    expect(readFragment(fragment)).toBeUndefined();
  });

  it('is no state, whatever text it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => readFragment(text) === undefined),
    );
  });
});

describe('the verdict of the playground', () => {
  it('is that of a server, for a sample of generated states', () =>
    compareVerdicts({
      file: 'test/site/decide.test.ts',
      cases: 60,
      decide: (states) => Promise.all(states.map(decide)),
    }));
});
