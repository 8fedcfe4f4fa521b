import {
  type Authorization,
  createAuthorization,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import fc from 'fast-check';
import { buildSchema, type GraphQLSchema } from 'graphql';
import type { TestContext } from './fixtures.ts';
import {
  createChoices,
  type GeneratedOperation,
  generateOperation,
  generateSchema,
  policies,
  rowPolicies,
} from './generators.ts';
import { choicesArbitrary } from './property-run.ts';
import { drawRuledWorld, toRuledSdl } from './ruled-generators.ts';
import { createWorld } from './world.ts';

/** The numbers that one schema is made of, and several operations on it. */
export interface Round {
  readonly schema: readonly number[];
  readonly operations: readonly (readonly number[])[];
}

/** Rounds with so many operations on each schema. */
export const roundsOf = (count: number): fc.Arbitrary<Round> =>
  fc.record({
    schema: choicesArbitrary(1000),
    operations: fc.tuple(...Array.from({ length: count }, () => choicesArbitrary(500))),
  });

/** Generates the operations of a round. Some numbers make none that is valid. */
export function* operationsOf(
  { operations }: Pick<Round, 'operations'>,
  schema: GraphQLSchema,
): Generator<GeneratedOperation> {
  for (const numbers of operations) {
    const operation = generateOperation(schema, createChoices(numbers));
    if (operation !== undefined) yield operation;
  }
}

/** Generates the SDL of a schema with guards at every kind of place, also at roots and on lists. */
export const generateWhole = (numbers: readonly number[]): string =>
  generateSchema(createChoices(numbers), { guardsRoots: true, narrowsLists: true });

/** The same, with clauses that ask for proofs of identity. */
export const generateProven = (numbers: readonly number[]): string =>
  generateSchema(createChoices(numbers), {
    guardsRoots: true,
    narrowsLists: true,
    asksForProofs: true,
  });

/** Guards a schema of which all policies give the same answer. */
export const guardAnswering = (
  schema: GraphQLSchema,
  policyNames: readonly string[],
  answer = true,
): Authorization<TestContext> =>
  createAuthorization<Viewer, TestContext>(schema, {
    policies: Object.fromEntries(
      policyNames.map((name) => [name, { reads: [], admits: () => answer, where: () => ({}) }]),
    ),
    viewerOf: ({ viewer }) => viewer,
  });

/** The kinds of schemas about which operations are decided without being executed. */
export const decidedKinds = [
  {
    kind: 'all kinds of types',
    generate: generateWhole,
    toSchema: (sdl: string): GraphQLSchema => createWorld(sdl),
    policyNames: Object.keys({ ...policies, ...rowPolicies }),
  },
  {
    kind: 'rules for types',
    generate: (numbers: readonly number[]): string =>
      toRuledSdl(drawRuledWorld(createChoices(numbers), { isRight: true, isPlain: false })),
    toSchema: (sdl: string): GraphQLSchema => buildSchema(sdl),
    policyNames: ['SAME_TAG', 'LOW', 'NEVER', 'HIGH'],
  },
] as const;

/** The same, and those with clauses that ask for proofs of identity. */
export const provenKinds = [
  ...decidedKinds,
  { ...decidedKinds[0], kind: 'proofs of identity', generate: generateProven },
] as const;
