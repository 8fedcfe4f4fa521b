import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createChoices, generateOperation, generateSchema } from '../authorization/generators.ts';
import { choicesArbitrary, forAll } from '../authorization/property-run.ts';
import { drawRuledWorld, toRuledSdl } from '../authorization/ruled-generators.ts';
import { createWorld } from '../authorization/world.ts';
import { createAgreement, onlyOperation, unknownGroup } from '../support/client-agreement.ts';
import { readTypeDefs } from '../support/rooms-project.ts';

const outcomes = ['allowed', 'narrowed', 'denied', 'depends'] as const;
const invoicePath = 'packages/create-gatehouse/template/src/generated/schema.graphql';

/** Operations of the demo and of the template, with variables for which they are decided. */
const operations: readonly (readonly [text: string, variables: Record<string, unknown>])[] = [
  ['{ serverInfo { name } }', {}],
  ['{ viewer { groups access principal { __typename id ... on User { email } } } }', {}],
  ['query ($id: ID!) { user(id: $id) { id email memberships { group } } }', { id: '1' }],
  ...[{}, { all: null }, { all: true }].map(
    (variables) =>
      [
        'query ($all: Boolean) { users(includeDisabled: $all) { edges { node { id } } } }',
        variables,
      ] as const,
  ),
  ...[
    { input: { displayName: 'a' } },
    { input: { username: 'a' } },
    { input: { username: undefined } },
  ].map(
    (input) =>
      [
        'mutation ($input: UpdateUserInput!) { updateUser(id: "1", input: $input) { id } }',
        input,
      ] as const,
  ),
  ...[true, false].map(
    (withMail) =>
      [
        'query ($withMail: Boolean!) { me { id ...Mail @include(if: $withMail) } } fragment Mail on User { email sessions { id } }',
        { withMail },
      ] as const,
  ),
  [
    '{ auditEvents { edges { node { actor { __typename ... on ApiClient { lastUsedAt } } } } } }',
    {},
  ],
  ['{ principal(id: "1") { groups ... on User { email } } }', {}],
  ['subscription { auditEventAdded { id } }', {}],
  ['mutation { logout }', {}],
];

describe.each([
  {
    name: 'the demo',
    sdl: () => readTypeDefs().join('\n'),
    groups: ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'],
  },
  {
    name: 'the template',
    sdl: () => readFileSync(invoicePath, 'utf8'),
    groups: ['ADMIN', 'AUDITOR', 'ACCOUNTANT', 'STAFF'],
  },
])('a front end of $name', ({ sdl, groups }) => {
  const agreement = createAgreement(buildSchema(sdl()), [...groups, unknownGroup]);

  it('decides every coordinate as the server does, for every set of groups', () => {
    expect(agreement.coordinates()).toEqual([]);
  });

  it.each(operations)('decides %s with %j as the server does', async (text, variables) => {
    expect(await agreement.operation({ document: parse(text), variables })).toEqual([]);
  });
});

it('decides generated schemas and operations as the server does', async () => {
  const total = { allowed: 0, narrowed: 0, denied: 0, depends: 0 };
  await forAll({
    file: 'test/client/agreement.test.ts',
    arbitrary: fc.tuple(
      choicesArbitrary(1000),
      fc.array(choicesArbitrary(500), { minLength: 6, maxLength: 6 }),
    ),
    numRuns: 30,
    async check([schemaNumbers, operationNumbers]) {
      const sdl = generateSchema(createChoices(schemaNumbers), {
        guardsRoots: true,
        narrowsLists: true,
      });
      const world = createWorld(sdl);
      const agreement = createAgreement(world, ['G1', 'G2', 'G3', unknownGroup]);
      const found = [...agreement.coordinates()];
      for (const numbers of operationNumbers) {
        const generated = generateOperation(world, createChoices(numbers));
        if (generated === undefined) continue;
        const document = onlyOperation(generated.document, generated.operationName);
        const wrong = await agreement.operation({ document, variables: generated.variables });
        if (wrong.length > 0)
          found.push(generated.text, JSON.stringify(generated.variables), ...wrong);
      }
      for (const outcome of outcomes) total[outcome] += agreement.compared[outcome];
      return found.length === 0 ? undefined : `${sdl}\n${found.join('\n')}`;
    },
  });
  expect(Math.min(total.allowed, total.denied, total.depends)).toBeGreaterThan(400);
  expect(total.narrowed).toBeGreaterThan(100);
});

it('decides generated schemas with rules for types as the server does', async () => {
  const total = { allowed: 0, narrowed: 0, denied: 0, depends: 0 };
  await forAll({
    file: 'test/client/agreement.test.ts',
    arbitrary: fc.tuple(
      choicesArbitrary(1000),
      fc.array(choicesArbitrary(500), { minLength: 8, maxLength: 8 }),
    ),
    numRuns: 60,
    async check([schemaNumbers, operationNumbers]) {
      const world = drawRuledWorld(createChoices(schemaNumbers), { isRight: true });
      const sdl = withPoliciesOfRows(toRuledSdl(world));
      const schema = buildSchema(sdl);
      const agreement = createAgreement(schema, ['G1', 'G2', 'G3', unknownGroup]);
      const found = [...agreement.coordinates()];
      for (const numbers of operationNumbers) {
        const generated = generateOperation(schema, createChoices(numbers));
        if (generated === undefined) continue;
        const document = onlyOperation(generated.document, generated.operationName);
        const wrong = await agreement.operation({ document, variables: generated.variables });
        if (wrong.length > 0) found.push(generated.text, ...wrong);
      }
      for (const outcome of outcomes) total[outcome] += agreement.compared[outcome];
      return found.length === 0 ? undefined : `${sdl}\n${found.join('\n')}`;
    },
  });
  expect(Math.min(...Object.values(total))).toBeGreaterThan(400);
});

/** Some fields of each row have the policies of the rules in `or`: where the rows passed them, they are not asked. */
const withPoliciesOfRows = (sdl: string): string =>
  sdl.replaceAll(
    'tag: Int, level: Int',
    'tag: Int @auth(requires: [G1], or: [SAME_TAG, LOW]), level: Int @auth(or: [LOW, NEVER, HIGH])',
  );
