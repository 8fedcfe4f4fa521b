import { buildSchema } from 'graphql';
import { makeServer } from 'graphql-ws';
import { expect, it } from 'vitest';

/**
 * A defect of graphql-ws 6: `complete` frees the id of an operation that is still busy. When that operation ends, it
 * takes the next one with the same id for itself, and sends the client that the new one is complete. When this test
 * fails with a newer version, src/doors/socket/operation-queue.ts can be removed.
 */
it('completes an operation when an earlier one with its id ends', async () => {
  const sent: string[] = [];
  const waiting: (() => void)[] = [];
  const server = makeServer({
    schema: buildSchema('type Query { a: Int }'),
    execute: () =>
      new Promise((resolve) => void waiting.push(() => resolve({ data: { a: waiting.length } }))),
  });
  let say = async (_text: string): Promise<void> => {};
  server.opened(
    {
      protocol: 'graphql-transport-ws',
      send: async (text) => void sent.push(text),
      close: () => {},
      onMessage: (take) => {
        say = take;
      },
    },
    {},
  );
  await say('{"type":"connection_init"}');
  const subscribe = '{"id":"1","type":"subscribe","payload":{"query":"{ a }"}}';
  const first = say(subscribe);
  await expect.poll(() => waiting.length).toBe(1);
  await say('{"id":"1","type":"complete"}');
  void say(subscribe);
  await expect.poll(() => waiting.length).toBe(2);
  waiting[0]?.();
  await first;
  // The second operation has not answered yet.
  expect(sent.slice(1)).toEqual([
    '{"id":"1","type":"next","payload":{"data":{"a":2}}}',
    '{"id":"1","type":"complete"}',
  ]);
});
