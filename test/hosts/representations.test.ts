import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seed, withoutUnhandledRejections } from '../authorization/property-run.ts';
import {
  findProblemOf,
  referenceLists,
  referencesQuery,
  variablesOf,
} from '../authorization/references-world.ts';
import { startTimeoutMs } from '../contracts/world.ts';
import { type SubgraphHost, subgraphHosts } from './subgraph-hosts.ts';

const query = `query ($of: [_Any!]!) {
  _entities(representations: $of) { ... on Bill { id } }
}`;

describe.each(subgraphHosts)(`a reference in $name (seed ${seed})`, ({ start }) => {
  let server: Awaited<ReturnType<SubgraphHost['start']>>;
  beforeAll(async () => {
    server = await start();
  }, startTimeoutMs);
  afterAll(() => server.stop());

  it('by a bad representation is an error of its client, and not in the log', async () => {
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
  });

  // The proof `references` tries many more.
  it('quotes no value of a resolver or a client', () =>
    withoutUnhandledRejections(async () => {
      for (const references of fc.sample(referenceLists, { numRuns: 60, seed })) {
        const variables = variablesOf(references);
        const { text } = await server.ask(referencesQuery, {
          variables,
          token: server.admin.accessToken,
        });
        expect(findProblemOf(references, text), JSON.stringify(references)).toBeUndefined();
      }
    }));
});
