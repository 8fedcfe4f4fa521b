import { expect, it, vi } from 'vitest';
import { createOperationIds, withOwnIds } from '../../../src/server/subscriptions/operation-ids.ts';

const next = (id: string, data: unknown = {}) =>
  JSON.stringify({ id, type: 'next', payload: { data } });
const error = (id: string) => JSON.stringify({ id, type: 'error', payload: [] });
const complete = (id: string) => JSON.stringify({ id, type: 'complete' });
const subscribe = (id: string, query = '{ a }') =>
  JSON.stringify({ id, type: 'subscribe', payload: { query } });

it('tells answers under the id that the client has given', () => {
  const ids = createOperationIds();
  const ownId = ids.begin('a "quoted" \\ id') ?? '';
  const data = { id: 'x', text: '{"id":"1","type":"next"' };
  for (const message of [next(ownId, data), complete(ownId)]) {
    const told = JSON.parse(ids.toClient(message) ?? 'null');
    expect(told).toEqual({ ...JSON.parse(message), id: 'a "quoted" \\ id' });
  }
});

it('leaves messages about no operation as they are', () => {
  const message = '{"type":"pong","payload":{"id":"1"}}';
  expect(createOperationIds().toClient(message)).toBe(message);
});

it('gives no two operations the same id of its own', () => {
  const ids = createOperationIds();
  const [first, other] = [ids.begin('a'), ids.begin('b')];
  ids.complete('a');
  expect(new Set([first, other, ids.begin('a')]).size).toBe(3);
});

it('lets no second operation begin under an id that is live', () => {
  const ids = createOperationIds();
  ids.begin('a');
  expect(ids.begin('a')).toBeUndefined();
});

it.each([
  { end: 'error', message: error },
  { end: 'complete', message: complete },
])('makes an id free with the message $end', ({ message }) => {
  const ids = createOperationIds();
  const first = ids.begin('a') ?? '';
  ids.toClient(message(first));
  expect(ids.complete('a')).toBeUndefined();
  expect(ids.begin('a')).toBeDefined();
  expect(ids.toClient(next(first))).toBeUndefined();
});

it('tells nothing more of an operation that the client has completed, whoever has its id now', () => {
  const ids = createOperationIds();
  const first = ids.begin('a') ?? '';
  expect(ids.complete('a')).toBe(first);
  expect(ids.toClient(next(first))).toBeUndefined();
  const second = ids.begin('a') ?? '';
  for (const message of [next(first), error(first), complete(first)]) {
    expect(ids.toClient(message)).toBeUndefined();
  }
  expect(JSON.parse(ids.toClient(next(second)) ?? 'null')).toMatchObject({ id: 'a' });
});

/** A socket whose messages go on to `receive`. */
function aSocket(receive: (text: string) => Promise<void> = async () => {}) {
  const received = vi.fn(receive);
  const close = vi.fn();
  const unsettled = new Set<string>();
  let say = async (_text: string): Promise<void> => {};
  const socket = withOwnIds(
    {
      protocol: 'graphql-transport-ws',
      send: async () => {},
      close,
      onMessage: (take) => {
        say = take;
      },
    },
    unsettled,
  );
  socket.onMessage(received);
  return { received, close, unsettled, say: (text: string) => say(text) };
}

it('changes nothing of a message but its id', async () => {
  const socket = aSocket();
  await socket.say(
    '{"id":"a","type":"subscribe","payload":{"query":"}","variables":{"n":1e999}}} ',
  );
  const [[text = ''] = []] = socket.received.mock.calls;
  expect(JSON.parse(text)).toEqual({
    id: '1',
    type: 'subscribe',
    payload: { query: '}', variables: { n: Number.POSITIVE_INFINITY } },
  });
});

it.each(['', 'hello', '[]', '{"type":"subscribe","id":""}', '{"type":"connection_init"}'])(
  'hands on "%s" as it is',
  async (text) => {
    const socket = aSocket();
    await socket.say(text);
    expect(socket.received.mock.calls).toEqual([[text]]);
  },
);

it('hands on no end of an operation that is not live', async () => {
  const socket = aSocket();
  await socket.say(complete('a'));
  expect(socket.received).not.toHaveBeenCalled();
});

it('counts an operation until it has settled, though the client has completed it', async () => {
  let settle = () => {};
  const work = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const socket = aSocket((text) => (text.includes('subscribe') ? work : Promise.resolve()));
  const settled = socket.say(subscribe('a'));
  await socket.say(complete('a'));
  expect(socket.unsettled.size).toBe(1);
  settle();
  await settled;
  expect(socket.unsettled.size).toBe(0);
});

it('ends a socket that begins an operation under an id that is live', async () => {
  const socket = aSocket();
  await socket.say(subscribe('a'));
  await socket.say(subscribe('a'));
  expect(socket.close.mock.calls).toEqual([[4409, 'Subscriber for a already exists']]);
  expect(socket.received).toHaveBeenCalledTimes(1);
});
