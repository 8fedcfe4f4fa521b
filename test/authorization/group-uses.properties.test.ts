import {
  type Authorization,
  createAuthorization,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { isLeafType, isOutputType } from 'graphql';
import { it } from 'vitest';
import type { GroupUses } from '../../packages/authorization/src/enforcement/operation/group-uses.ts';
import { timesOf } from '../support/sample.ts';
import { holding, type TestContext } from './fixtures.ts';
import { generateWhole, operationsOf, roundsOf } from './generated-rounds.ts';
import { type GeneratedOperation, policies, rowPolicies } from './generators.ts';
import { groupsInEffect } from './groups-in-effect.ts';
import { createOracle, type Oracle } from './oracle.ts';
import { forAll } from './property-run.ts';
import { createWorld } from './world.ts';

const file = 'test/authorization/group-uses.properties.test.ts';
const heldSets = [['G1'], ['G1', 'G2'], ['G1', 'G3'], ['G2', 'G3'], ['G1', 'G2', 'G3']] as const;

interface Case {
  readonly oracle: Oracle;
  readonly authorization: Authorization<TestContext>;
  readonly operation: GeneratedOperation;
  readonly held: readonly string[];
  readonly uses: GroupUses;
}

/** Says which counts of a group are wrong: by the decisions without it, of code that knows nothing of plans and groups in effect. */
function findWrong({ oracle, authorization, operation, held, uses }: Case, group: string) {
  const without = held.filter((each) => each !== group);
  const denied = oracle.deniedBefore({ ...operation, viewer: without });
  const at = (kind: 'alone' | 'amongOthers') =>
    uses.uses.filter((use) => use[kind].includes(group)).flatMap(({ coordinates }) => coordinates);
  const [alone, amongOthers] = [at('alone'), at('amongOthers')];
  const isByGroups = (coordinate: string): boolean =>
    authorization.requirements.at(coordinate).every(({ or, rows }) => or.length === 0 && !rows);
  const isField = (coordinate: string): boolean => {
    const type = authorization.source.getType(coordinate.split('.')[0] ?? '');
    return /^\w+\.\w+$/.test(coordinate) && isOutputType(type) && !isLeafType(type);
  };
  const isSeen = (coordinate: string) => oracle.maySee(coordinate, without);
  return {
    alone,
    amongOthers,
    problems: [
      ...denied
        .filter(({ coordinate }) => !alone.includes(coordinate))
        .map(({ coordinate }) => `${coordinate} is denied without ${group}, and not counted alone`),
      ...alone
        .filter((each) => isField(each) && isByGroups(each) && isSeen(each))
        .map((each) => `${each} is counted alone, and not denied without ${group}`),
      ...amongOthers
        .filter((each) => isField(each) && isByGroups(each) && !isSeen(each))
        .map((each) => `${each} is counted among others, and denied without ${group}`),
      ...alone
        .filter((each) => amongOthers.includes(each))
        .map((each) => `${each} is counted twice`),
    ],
  };
}

it('counts a group alone exactly where the operation would be denied without it', async () => {
  const tally = { alone: 0, amongOthers: 0 };
  await forAll({
    file,
    arbitrary: roundsOf(4),
    numRuns: timesOf(25, 8),
    async check(round) {
      const sdl = generateWhole(round.schema);
      const world = createWorld(sdl);
      const oracle = createOracle(sdl);
      const authorization = createAuthorization<Viewer, TestContext>(world, {
        policies: { ...policies, ...rowPolicies },
        viewerOf: ({ viewer }) => viewer,
      });
      for (const operation of operationsOf(round, world)) {
        for (const held of heldSets) {
          if (oracle.deniedBefore({ ...operation, viewer: held }).length > 0) continue;
          const { document, operationName, variables } = operation;
          const uses = authorization.groupUses({
            document,
            operationName,
            variableValues: variables,
            contextValue: { viewer: holding(...groupsInEffect(sdl, held)) },
            held,
          });
          for (const group of held) {
            const { alone, amongOthers, problems } = findWrong(
              { oracle, authorization, operation, held, uses },
              group,
            );
            tally.alone += alone.length;
            tally.amongOthers += amongOthers.length;
            if (problems.length > 0) {
              return [sdl, operation.text, `held: ${held}`, ...problems].join('\n');
            }
          }
        }
      }
      return undefined;
    },
    tally,
    isEnough: () => Math.min(tally.alone, tally.amongOthers) > 100,
  });
});
