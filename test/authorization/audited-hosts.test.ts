import { createAdmit, UnrecordedReadsError } from '@graphql-gatehouse/authorization';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { type ExecutionArgs, type ExecutionResult, versionInfo } from 'graphql';
import { makeServer } from 'graphql-ws';
import { createYoga } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { createAuditedWorld, toTexts, visitor } from './audited-world.ts';
import type { TestContext } from './fixtures.ts';
import { useHosts } from './library-hosts.ts';

const sdl = /* GraphQL */ `
  type Patient { id: ID! name: String ssn: String @audited }
  type Query { patients: [Patient!]! @public }
  type Mutation { admit: Patient @public }
  type Subscription { admitted: Patient @public }
`;
const patients = ['1', '2'].map((id) => ({ id, name: `name ${id}`, ssn: `ssn ${id}` }));
const left: string[] = [];
const resolvers = {
  Query: { patients: () => patients },
  Mutation: { admit: () => patients[0] },
  Subscription: {
    admitted: {
      async *subscribe() {
        try {
          for (const admitted of patients) yield { admitted };
        } finally {
          left.push('source');
        }
      },
    },
  },
};

const recording = createAuditedWorld(sdl, resolvers);
const failing = createAuditedWorld(sdl, resolvers);
failing.failsWith(new Error('The disk is full.'));

const query = '{ patients { name ssn } }';

describe.each(useHosts(recording.authorization))('a read in $name', (host) => {
  it('is recorded before its answer is sent, which must not be stored', async () => {
    recording.deliveries.length = 0;
    const answer = await host.ask(query, { ...visitor });
    expect(answer.body.data.patients).toHaveLength(2);
    expect(recording.deliveries.map(({ reads }) => toTexts(reads))).toEqual([
      ['Patient.ssn of Patient 1,2'],
    ]);
    expect(answer.header('cache-control')).toBe('no-store');
    const plain = await host.ask('{ patients { name } }', { ...visitor });
    expect([plain.status, recording.deliveries.length]).toEqual([200, 1]);
  });
});

describe.each(useHosts(failing.authorization))('a read in $name that is not recorded', (host) => {
  it('is refused with 503, if it is that of a query', async () => {
    const { status, body, text } = await host.ask(query, { ...visitor });
    expect([status, body.data]).toEqual([503, undefined]);
    expect(body.errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    expect(text).not.toMatch(/disk|ssn 1/);
  });

  it('is null in the answer of a mutation', async () => {
    const { status, body } = await host.ask('mutation { admit { name ssn } }', { ...visitor });
    expect([status, body.data]).toEqual([200, { admit: { name: 'name 1', ssn: null } }]);
    expect(body.errors).toMatchObject([
      { path: ['admit', 'ssn'], extensions: { code: 'SERVICE_UNAVAILABLE' } },
    ]);
  });
});

describe.skipIf(versionInfo.major !== 16)('Apollo Server', () => {
  it('sends no audited answer of a cache', async () => {
    const { createApolloHost } = await import('./apollo-host.ts');
    const host = createApolloHost<TestContext>(recording.authorization, [
      {
        requestDidStart: async () => ({
          responseForOperation: async ({ response: { http } }) => ({
            http,
            body: { kind: 'single', singleResult: { data: { patients } } },
          }),
        }),
      },
    ]);
    await host.start();
    const { status, text } = await host.ask(query, { ...visitor });
    await host.stop();
    expect(status).toBe(503);
    expect(text).not.toContain('ssn 1');
  });
});

/** Subscribes over SSE. Returns the events of the answer. */
async function subscribeInYoga({ authorization }: typeof recording): Promise<string> {
  const yoga = createYoga<TestContext>({
    schema: authorization.schema,
    plugins: [createEnvelopPlugin<TestContext>({ ...authorization, realm: 'yoga' })],
    logging: false,
  });
  const response = await yoga.fetch(
    'http://yoga/graphql',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { admitted { ssn } }' }),
    },
    { ...visitor },
  );
  return response.text();
}

describe('a subscription in GraphQL Yoga', () => {
  it('records each event', async () => {
    recording.deliveries.length = 0;
    const events = await subscribeInYoga(recording);
    expect(events.match(/ssn \d/g)).toEqual(['ssn 1', 'ssn 2']);
    expect(recording.deliveries.map(({ reads }) => reads[0]?.ids)).toEqual([['1'], ['2']]);
  });

  it('ends with the error EVENTS_LOST where an event is not recorded', async () => {
    left.length = 0;
    const events = await subscribeInYoga(failing);
    expect(events).not.toContain('ssn 1');
    expect(events).toContain('"code":"EVENTS_LOST"');
    expect(left).toEqual(['source']);
  });
});

type Finish = (event: ExecutionResult) => Promise<ExecutionResult>;

/** Runs operations as a server of graphql-ws without a plugin would. */
function createRun({ authorization }: typeof recording) {
  const admit = createAdmit(authorization);

  async function* finishAll(events: AsyncIterable<ExecutionResult>, finish: Finish) {
    try {
      for await (const event of events) yield await finish(event);
    } catch (error) {
      if (!(error instanceof UnrecordedReadsError)) throw error;
      yield { errors: [error] };
    }
  }

  return (kind: 'execute' | 'subscribe') => async (args: ExecutionArgs) => {
    const contextValue = { ...visitor };
    const { document, operationName, variableValues } = args;
    const admission = await admit({ document, operationName, variableValues, contextValue });
    if (admission.kind === 'answered') return admission.result;
    const finish = async (event: ExecutionResult) => (await admission.finish(event)).result;
    const result = await authorization[kind]({ ...args, contextValue });
    return Symbol.asyncIterator in result ? finishAll(result, finish) : finish(result);
  };
}

/** Sends one operation to a server of graphql-ws. Returns its messages. */
async function askOverSocket(world: typeof recording, query: string): Promise<readonly unknown[]> {
  const sent: unknown[] = [];
  const run = createRun(world);
  const { schema } = world.authorization;
  const server = makeServer({ schema, execute: run('execute'), subscribe: run('subscribe') });
  let say = async (_text: string): Promise<void> => {};
  server.opened(
    {
      protocol: 'graphql-transport-ws',
      send: async (text) => void sent.push(JSON.parse(text)),
      close: () => {},
      onMessage: (take) => {
        say = take;
      },
    },
    {},
  );
  await say('{"type":"connection_init"}');
  await say(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  return sent.slice(1);
}

describe('an operation in graphql-ws', () => {
  const subscription = 'subscription { admitted { ssn } }';

  it('is recorded', async () => {
    recording.deliveries.length = 0;
    const events = await askOverSocket(recording, subscription);
    expect(events).toMatchObject([{ type: 'next' }, { type: 'next' }, { type: 'complete' }]);
    await askOverSocket(recording, query);
    expect(recording.deliveries.map(({ reads }) => reads[0]?.ids)).toEqual([
      ['1'],
      ['2'],
      ['1', '2'],
    ]);
  });

  it('sends nothing that is not recorded', async () => {
    const refused = [{ extensions: { code: 'EVENTS_LOST' } }];
    expect(await askOverSocket(failing, subscription)).toMatchObject([
      { type: 'next', payload: { errors: refused } },
      { type: 'complete' },
    ]);
    const [answer] = await askOverSocket(failing, query);
    expect(answer).toMatchObject({ payload: { errors: [{}] } });
    expect(JSON.stringify(answer)).not.toContain('ssn 1');
  });
});
