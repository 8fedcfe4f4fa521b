import {
  type Authorization,
  createAuthorization,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import {
  createFindRule,
  decideOperation,
  type Outcome,
} from '@graphql-gatehouse/authorization/decision';
import { compileGuards, compileNeeds, compileRules } from '@graphql-gatehouse/authorization/rules';
import type { GraphQLSchema } from 'graphql';
import { it } from 'vitest';
import { scanConditions } from '../../packages/authorization/src/plan/plan-cache.ts';
import { onlyOperation } from '../support/client-agreement.ts';
import { timesOf } from '../support/sample.ts';
import { generateProven, operationsOf, type Round, roundsOf } from './generated-rounds.ts';
import { type GeneratedOperation, policies, provenViewers, rowPolicies } from './generators.ts';
import { type OracleViewer, proofs } from './oracle.ts';
import { forAll } from './property-run.ts';
import { createWorld } from './world.ts';

interface Context {
  readonly viewer: Viewer;
}

const now = new Date('2026-07-01T12:00:00Z');

function toViewer(given: OracleViewer): Viewer {
  if (given === null) return { isAuthenticated: false, reason: 'TOKEN_MISSING' };
  const groups = new Set(given.filter((name) => !name.startsWith('@')));
  const [proof] = Object.entries(proofs).filter(([mark]) => given.includes(mark));
  if (proof === undefined) return { isAuthenticated: true, groups };
  const [mark, { kinds, seconds }] = proof;
  if (mark === '@program')
    return { isAuthenticated: true, groups, authenticatedAt: 'EACH_REQUEST' };
  const time = new Date(now.getTime() - seconds * 1000);
  const authenticatedAt = kinds === 2 ? { PASSKEY_VERIFIED: time } : { PASSWORD: time };
  return { isAuthenticated: true, groups, authenticatedAt };
}

/** Serves a schema whose policies all give the same answer. */
const serve = (schema: GraphQLSchema, answer: boolean): Authorization<Context> =>
  createAuthorization<Viewer, Context>(schema, {
    policies: Object.fromEntries(
      Object.keys({ ...policies, ...rowPolicies }).map((name) => [
        name,
        { reads: [], admits: () => answer, where: () => ({}) },
      ]),
    ),
    viewerOf: ({ viewer }) => viewer,
    now: () => now,
  });

/** The viewers of the proofs, and one who has proved nothing. */
const viewers = [...provenViewers, ['G1', 'G2']].map(toViewer);

/** Says how the outcome of a front end contradicts what servers refuse. */
async function findContradiction(
  servers: readonly Authorization<Context>[],
  { document, variables, operationName }: GeneratedOperation,
  { viewer, outcome }: Context & { readonly outcome: Outcome },
): Promise<string | undefined> {
  const request = { document, operationName, variableValues: variables, contextValue: { viewer } };
  const [admitting = [], refusing = []] = await Promise.all(
    servers.map(async ({ authorizeOperation }) => await authorizeOperation(request)),
  );
  const [first] = admitting;
  // Proofs are decided after policies: only a server whose policies admit decides by them.
  const isByProof =
    first?.extensions.code === 'UNAUTHENTICATED' && first.extensions.reason !== 'TOKEN_MISSING';
  const expected = first === undefined ? undefined : isByProof ? 'reauthenticate' : 'denied';
  if (expected !== undefined) {
    return outcome === expected ? undefined : `${outcome} instead of ${expected}`;
  }
  if (outcome === 'denied' || outcome === 'reauthenticate') return `${outcome}, and it would run`;
  const runs = outcome !== 'depends';
  return runs && refusing.length > 0 ? `${outcome}, and it may be refused` : undefined;
}

/** That of `compileNeeds`. */
const maxConditions = 8;

const compared: Record<Outcome, number> = {
  allowed: 0,
  narrowed: 0,
  depends: 0,
  reauthenticate: 0,
  denied: 0,
};

async function check(round: Round): Promise<string | undefined> {
  const sdl = generateProven(round.schema);
  const schema = createWorld(sdl);
  const guards = compileGuards(schema);
  const find = createFindRule(compileRules(guards));
  const servers = [serve(schema, true), serve(schema, false)];
  for (const operation of operationsOf(round, schema)) {
    const { document, operationName, variables, text } = operation;
    const needs = compileNeeds(guards, onlyOperation(document, operationName));
    if (needs === undefined) throw new Error('unreachable');
    // It always depends.
    if (scanConditions(document).conditions.length > maxConditions) continue;
    for (const viewer of viewers) {
      const outcome = decideOperation({ ...needs, find, variables, now: () => now }, viewer);
      compared[outcome] += 1;
      const problem = await findContradiction(servers, operation, { viewer, outcome });
      const shown = [problem, sdl, text, JSON.stringify(variables), JSON.stringify(viewer)];
      if (problem !== undefined) return shown.join('\n');
    }
  }
  return undefined;
}

it('a front end knows which operations need another proof, as the server does', async () => {
  const file = 'test/authorization/proofs.properties.test.ts';
  const isEnough = () => Math.min(...Object.values(compared)) > 40;
  await forAll({
    file,
    arbitrary: roundsOf(6),
    numRuns: timesOf(60, 16),
    check,
    tally: compared,
    isEnough,
  });
});
