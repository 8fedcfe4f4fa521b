import { onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { Environment, Gatehouse } from './process.ts';
import type { RelayWorld } from './relay-rounds.ts';
import { roomsClient } from './rooms-project.ts';
import { type AnyTwoNodes, startTwoNodes, type TwoNodes } from './two-nodes.ts';

/** Starts two nodes, of which the first leads, and connects to their database. */
export async function startRelayWorld(
  gatehouse: Gatehouse,
  settings: Environment = {},
): Promise<RelayWorld & TwoNodes> {
  return addRooms(gatehouse, await startTwoNodes(gatehouse, settings));
}

/** Connects to the database of two nodes. */
export function addRooms<Nodes extends AnyTwoNodes>(
  gatehouse: Gatehouse,
  nodes: Nodes,
): RelayWorld & Nodes {
  const url = nodes.environment.DATABASE_URL ?? '';
  const { adapter, close } = connectPostgres({ url, onPoolError: () => {} });
  const rooms = roomsClient({ adapter });
  onTestFinished(() => rooms.$disconnect().then(close));
  return { ...nodes, gatehouse, rooms };
}
