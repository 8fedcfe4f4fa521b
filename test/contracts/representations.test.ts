import { buildSubgraphSchema } from '@apollo/subgraph';
import { directiveTypeDefs } from '@gatehouse/authorization';
import { defineConfig, defineDomain } from 'gatehouse';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { roomsProject } from '../support/rooms-project.ts';
import { startTestServer } from '../support/test-server.ts';
import { hosts } from './hosts.ts';
import { startTimeoutMs, startWorld } from './world.ts';

const schema = buildSubgraphSchema({
  typeDefs: [
    parse(directiveTypeDefs({ policy: undefined })),
    parse(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])
      enum Group { ROUTER }
      scalar _Any
      type _Service { sdl: String }
      type Query {
        _entities(representations: [_Any!]!): [_Entity]! @public
        _service: _Service! @auth(requires: [ROUTER])
      }
      union _Entity = Bill
      type Bill @key(fields: "id") { id: ID! }
    `),
  ],
  resolvers: { Bill: { __resolveReference: (bill: object) => bill } },
});
const config = defineConfig({ schema, domains: [defineDomain({ name: 'none', typeDefs: [] })] });

const own = {
  name: 'our own server',
  start: () =>
    startTestServer({ project: { ...roomsProject, config: { ...roomsProject.config, schema } } }),
};
const others = hosts
  .filter(({ name }) => !name.includes('Pothos'))
  .map(({ name, start }) => ({ name, start: () => startWorld({ config, start }) }));

const query = `query ($of: [_Any!]!) {
  _entities(representations: $of) { ... on Bill { id } }
}`;

describe.each([own, ...others])('a reference in $name', ({ start }) => {
  it(
    'by a bad representation is an error of its client, and not in the log',
    async () => {
      const server = await start();
      try {
        const refer = (of: unknown) => server.ask(query, { variables: { of: [of] } });
        const found = await refer({ __typename: 'Bill', id: '1' });
        expect(found.data, found.text).toEqual({ _entities: [{ id: '1' }] });
        const logged = server.logLines.length;
        const refused = await refer({ __typename: 'Bill' });
        expect(refused.status, refused.text).toBe(400);
        expect(refused.body.errors).toMatchObject([
          {
            message: 'representations.0 must have the fields of a key of its type.',
            path: ['_entities'],
            extensions: { code: 'BAD_USER_INPUT', argument: 'representations.0' },
          },
        ]);
        expect(server.logLines.slice(logged).join('\n')).not.toContain('unexpected error');
      } finally {
        await server.stop();
      }
    },
    startTimeoutMs,
  );
});
