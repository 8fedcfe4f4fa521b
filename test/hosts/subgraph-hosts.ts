import { defineConfig, defineDomain } from 'graphql-gatehouse';
import { buildReferences, ownerPolicy } from '../authorization/references-world.ts';
import { hosts } from '../contracts/hosts.ts';
import { startWorld, type World } from '../contracts/world.ts';
import { roomsProject } from '../support/rooms-project.ts';
import { startTestServer } from '../support/test-server.ts';

/** A host of Gatehouse that serves the subgraph of `references-world.ts`. */
export interface SubgraphHost {
  readonly name: string;
  start(): Promise<Pick<World, 'admin' | 'ask' | 'logLines' | 'stop'>>;
}

const schema = buildReferences();
const owners = defineDomain({ name: 'owners', typeDefs: [], policies: { OWNER: ownerPolicy } });
const config = defineConfig({ schema, domains: [owners] });

const own: SubgraphHost = {
  name: 'our own server',
  start: () => {
    const { domains = [] } = roomsProject.config;
    const withSchema = { ...roomsProject.config, schema, domains: [...domains, owners] };
    return startTestServer({ project: { ...roomsProject, config: withSchema } });
  },
};

/** Gatehouse's own server, and each server in which it can be started. */
export const subgraphHosts: readonly SubgraphHost[] = [
  own,
  ...hosts
    .filter(({ name }) => !name.includes('Pothos'))
    .map(({ name, start }) => ({ name, start: () => startWorld({ config, start }) })),
];
