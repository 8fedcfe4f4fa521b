import { readFileSync } from 'node:fs';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { decidedKinds, operationsOf, roundsOf } from '../authorization/generated-rounds.ts';
import { forAll } from '../authorization/property-run.ts';
import {
  createAgreement,
  onlyOperation,
  unknownGroup,
  withProofs,
} from '../support/client-agreement.ts';
import { readTypeDefs } from '../support/rooms-project.ts';
import { timesOf } from '../support/sample.ts';

const outcomes = ['allowed', 'narrowed', 'denied', 'depends', 'reauthenticate'] as const;
const invoicePath = 'packages/create-graphql-gatehouse/template/src/generated/schema.graphql';

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
  const agreement = createAgreement(buildSchema(withProofs(sdl())), [...groups, unknownGroup]);

  it('decides every coordinate as the server does, for every set of groups', () => {
    expect(agreement.coordinates()).toEqual([]);
  });

  it.each(operations)('decides %s with %j as the server does', async (text, variables) => {
    expect(await agreement.operation({ document: parse(text), variables })).toEqual([]);
    expect(agreement.needlessQuestions()).toBe(0);
  });
});

it.each(decidedKinds)(
  'decides generated schemas and operations as the server does, on schemas of $kind',
  async ({ generate, toSchema }) => {
    const total = { allowed: 0, narrowed: 0, denied: 0, depends: 0, reauthenticate: 0 };
    let needless = 0;
    const fewest = () => Math.min(...Object.values(total));
    await forAll({
      file: 'test/client/agreement.test.ts',
      arbitrary: roundsOf(8),
      numRuns: timesOf(25, 8),
      tally: total,
      isEnough: () => fewest() > 200,
      async check(round) {
        const sdl = withProofs(withPoliciesOfRows(generate(round.schema)));
        const schema = toSchema(sdl);
        const agreement = createAgreement(schema, ['G1', 'G2', 'G3', unknownGroup]);
        const found = [...agreement.coordinates()];
        for (const { document, operationName, variables, text } of operationsOf(round, schema)) {
          const wrong = await agreement.operation({
            document: onlyOperation(document, operationName),
            variables,
          });
          if (wrong.length > 0) found.push(text, JSON.stringify(variables), ...wrong);
        }
        for (const outcome of outcomes) total[outcome] += agreement.compared[outcome];
        needless += agreement.needlessQuestions();
        return found.length === 0 ? undefined : `${sdl}\n${found.join('\n')}`;
      },
    });
    expect(needless).toBeLessThan(total.depends / 4);
  },
);

/** Some fields of each row have the policies of the rules in `or`: where the rows passed them, they are not asked. */
const withPoliciesOfRows = (sdl: string): string =>
  sdl.replaceAll(
    'tag: Int, level: Int',
    'tag: Int @auth(requires: [G1], or: [SAME_TAG, LOW]), level: Int @auth(or: [LOW, NEVER, HIGH])',
  );
