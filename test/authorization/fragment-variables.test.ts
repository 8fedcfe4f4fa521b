import { type DocumentNode, execute, parse, versionInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guard, holding, type TestContext, withPolicies } from './fixtures.ts';

const sdl = `${withPolicies}
  type Query { rooms(in: Input, n: Int): Int @public }
  input Input { secret: Int @auth(requires: [ADMIN]), open: Int }`;
const { schema, authorizeOperation, decideOperation } = guard(sdl, {
  policies: { SELF: () => false, BOSS: () => false },
});
const contextValue: TestContext = { viewer: holding('USER') };
const rootValue = { rooms: ({ in: given }: { in?: { secret?: number } }) => given?.secret ?? 0 };

/** Reads a document whose fragments can have variables: an experiment of graphql 17, and a legacy of 16. */
const read = (text: string): DocumentNode =>
  parse(text, {
    ...{ experimentalFragmentArguments: true },
    allowLegacyFragmentVariables: true,
  });

const refusal = {
  message: 'Variables of fragments are not supported: use variables of the operation.',
  extensions: { code: 'FRAGMENT_VARIABLES_NOT_SUPPORTED', http: { status: 400 } },
};

const byDefault = 'fragment F($in: Input = { secret: 7 }) on Query { rooms(in: $in) }';
const documents = [
  { title: 'a default', text: `{ ...F } ${byDefault}` },
  {
    title: 'a default, below the name of another variable',
    text: `query ($in: Input) { ...F } ${byDefault}`,
  },
  ...(versionInfo.major === 16
    ? []
    : [
        {
          title: 'an argument',
          text: '{ ...F(in: { secret: 7 }) } fragment F($in: Input) on Query { rooms(in: $in) }',
        },
      ]),
];

describe('guarded input in a variable of a fragment', () => {
  it.each(documents)('is refused before anything runs: $title', async ({ text }) => {
    const request = { document: read(text), contextValue };
    await expect(authorizeOperation(request)).rejects.toMatchObject(refusal);
    await expect(decideOperation(request)).rejects.toMatchObject(refusal);
  });

  it.each(documents)(
    'is refused by the field where nothing asks before: $title',
    async ({ text }) => {
      const { data, errors } = await execute({
        schema,
        document: read(text),
        contextValue,
        rootValue,
      });
      expect(data).toEqual({ rooms: null });
      expect(errors).toMatchObject([{ ...refusal, path: ['rooms'] }]);
    },
  );
});

describe('a document with fragments', () => {
  it('is not refused without such variables', async () => {
    const text = 'query ($in: Input) { ...F } fragment F on Query { rooms(in: $in) }';
    const variableValues = { in: { open: 1 } };
    const request = { document: read(text), contextValue, variableValues };
    expect(await authorizeOperation(request)).toEqual([]);
    expect(await execute({ schema, rootValue, ...request })).toEqual({ data: { rooms: 0 } });
  });
});
