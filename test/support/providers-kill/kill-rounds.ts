import { learnOperations } from '../operation-kills.ts';
import type { Gatehouse } from '../process.ts';
import { startProvidersNodes } from './providers-nodes.ts';
import { type Scenario, toOperation } from './scenarios.ts';

/** Starts a node, and runs scenarios without a kill: see `learnOperations`. */
export async function learnScenarios(
  gatehouse: Gatehouse,
  scenarios: readonly Scenario[],
  { victims, planted }: { readonly victims?: number; readonly planted?: 'spent outside' } = {},
) {
  const settings = planted === undefined ? {} : { PROVIDERS_PLANTED: planted };
  const nodes = await startProvidersNodes(gatehouse, settings);
  return learnOperations(
    nodes,
    scenarios.map((each) => toOperation(nodes, each)),
    victims,
  );
}
