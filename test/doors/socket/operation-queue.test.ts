import { expect, it, vi } from 'vitest';
import { createOperationQueue } from '../../../src/doors/socket/operation-queue.ts';

const complete = (id: string) => JSON.stringify({ id, type: 'complete' });
const subscribe = (id: string, query = '{ a }') =>
  JSON.stringify({ id, type: 'subscribe', payload: { query } });

/** A socket whose messages go on to graphql-ws, which settles operations when a test asks for it. */
function aSocket() {
  const settling: (() => void)[] = [];
  const received = vi.fn((text: string) =>
    text.includes('"payload"')
      ? new Promise<void>((resolve) => void settling.push(resolve))
      : Promise.resolve(),
  );
  const close = vi.fn();
  const queue = createOperationQueue();
  let say = async (_text: string): Promise<void> => {};
  const socket = queue.join({
    protocol: 'graphql-transport-ws',
    send: async () => {},
    close,
    onMessage: (take) => {
      say = take;
    },
  });
  socket.onMessage(received);
  const texts = () => received.mock.calls.map(([text]) => text);
  return {
    queue,
    texts,
    close,
    settleNext: () => settling.shift()?.(),
    say: (t: string) => say(t),
  };
}

it.each(['', 'hello', '[]', '{"type":"subscribe","id":""}', '{"type":"connection_init"}'])(
  'hands on "%s" as it is',
  async (text) => {
    const socket = aSocket();
    await socket.say(text);
    expect(socket.texts()).toEqual([text]);
  },
);

it('hands on no end of an operation that is not live', async () => {
  const socket = aSocket();
  await socket.say(complete('a'));
  expect(socket.texts()).toEqual([]);
});

it('counts an operation until it has settled, though the client has completed it', async () => {
  const socket = aSocket();
  const settled = socket.say(subscribe('a'));
  await socket.say(complete('a'));
  expect(socket.queue.size()).toBe(1);
  socket.settleNext();
  await settled;
  expect(socket.queue.size()).toBe(0);
});

it('begins the next operation of an id once the one before has settled', async () => {
  const socket = aSocket();
  const first = socket.say(subscribe('a', '{ first }'));
  await socket.say(complete('a'));
  const second = socket.say(subscribe('a', '{ second }'));
  const third = subscribe('b', '{ third }');
  void socket.say(third);
  await expect.poll(socket.texts).toEqual([subscribe('a', '{ first }'), complete('a'), third]);
  socket.settleNext();
  await first;
  await expect.poll(() => socket.texts().at(-1)).toBe(subscribe('a', '{ second }'));
  socket.settleNext();
  socket.settleNext();
  await second;
});

it('never begins an operation that was completed while it waited', async () => {
  const socket = aSocket();
  const first = socket.say(subscribe('a', '{ first }'));
  await socket.say(complete('a'));
  const second = socket.say(subscribe('a', '{ second }'));
  await socket.say(complete('a'));
  socket.settleNext();
  await Promise.all([first, second]);
  expect(socket.texts()).toEqual([subscribe('a', '{ first }'), complete('a')]);
});

it('frees an id when the operation has been answered', async () => {
  const socket = aSocket();
  void socket.say(subscribe('a'));
  await expect.poll(socket.texts).toHaveLength(1);
  socket.queue.ended('a');
  void socket.say(subscribe('a'));
  expect(socket.close).not.toHaveBeenCalled();
  socket.settleNext();
  await expect.poll(socket.texts).toHaveLength(2);
});

it('ends a socket that begins an operation under an id that is live', async () => {
  const socket = aSocket();
  void socket.say(subscribe('a'));
  await socket.say(subscribe('a'));
  expect(socket.close.mock.calls).toEqual([[4409, 'Subscriber for a already exists']]);
});

it('ends a socket whose id is too long', async () => {
  const socket = aSocket();
  await socket.say(subscribe('a'.repeat(129)));
  expect(socket.close.mock.calls).toEqual([[4400, 'ID_TOO_LONG']]);
});
