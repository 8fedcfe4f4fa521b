import { outcomeOf } from '../factors-server.ts';
import { learnOperations, type Operation } from '../operation-kills.ts';
import { stateOf } from './account-state.ts';
import type { FactorsClient, FactorsNodes } from './factors-nodes.ts';
import type { Scenario } from './scenarios.ts';

/** Runs scenarios without a kill: see `learnOperations`. */
export const learnScenarios = (
  nodes: FactorsNodes,
  scenarios: readonly Scenario[],
  victims?: number,
) =>
  learnOperations(
    nodes,
    scenarios.map((each) => toOperation(nodes, each)),
    victims,
  );

const toOperation = (
  { sql }: FactorsNodes,
  { name, again, prepare }: Scenario,
): Operation<FactorsClient> => ({
  name,
  again,
  async prepare(client) {
    const { userId, act } = await prepare(client);
    return {
      act: async (node) => outcomeOf(await act(node)),
      state: () => stateOf(sql, userId),
    };
  },
});
