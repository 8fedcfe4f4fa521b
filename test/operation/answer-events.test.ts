import { expect, it } from 'vitest';
import { createEventQueue } from '../../src/events/event-queue.ts';
import { answerEvents } from '../../src/operation/answer-events.ts';

function aStream(
  answer: (event: unknown) => Promise<string | undefined>,
  nowMs: () => number = () => 0,
  deliver: (answer: string) => Promise<string> = async (given) => given,
) {
  const ends = { source: 0, stream: 0 };
  const source = createEventQueue<{ readonly name: string }>({
    limit: 10,
    onEnd: () => {
      ends.source += 1;
    },
  });
  const answers = answerEvents({
    source,
    answer,
    deliver,
    nowMs,
    onEnd: () => {
      ends.stream += 1;
    },
    onReleaseError: () => {},
  });
  return { source, answers, ends };
}

it('gives an answer to each event, and ends with its source', async () => {
  const { source, answers } = aStream(async (event) => JSON.stringify(event));
  source.push({ name: 'a' });
  source.push({ name: 'b' });
  expect(await answers.next()).toEqual({ done: false, value: '{"name":"a"}' });
  expect(await answers.next()).toEqual({ done: false, value: '{"name":"b"}' });
  const waiting = answers.next();
  source.end();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

it('lets its source go at once when it is left, though it waits for an event', async () => {
  const { answers, ends } = aStream(async () => 'x');
  const waiting = answers.next();
  await answers.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  await answers.return?.();
  expect(ends).toEqual({ source: 1, stream: 1 });
});

/** A generator that waits for ever after one event: its `return` never resolves. */
async function* endless(): AsyncGenerator<string> {
  yield 'a';
  await new Promise(() => {});
}

it.each([
  { end: 'it is left', answer: async () => 'x', expected: { done: false, value: 'x' } },
  { end: 'there is no answer', answer: async () => undefined, expected: { done: true } },
  {
    end: 'an answer rejects',
    answer: async () => Promise.reject(new Error('no')),
    expected: { message: 'no' },
  },
])('does not wait for the end of its source when $end', async ({ answer, expected }) => {
  const answers = answerEvents<string>({
    source: endless(),
    answer,
    deliver: async (given) => given,
    onEnd: () => {},
    onReleaseError: () => {},
  });
  expect(await answers.next().catch((error: Error) => error)).toMatchObject(expected);
  expect(await answers.return?.()).toEqual({ done: true, value: undefined });
  expect(await answers.next()).toEqual({ done: true, value: undefined });
});

it('reports the error of a source that throws when it is released, and rejects no answer', async () => {
  const errors: unknown[] = [];
  const broken = new Error('broken');
  const source: AsyncIterableIterator<string> = {
    next: () => new Promise(() => {}),
    return: () => Promise.reject(broken),
    [Symbol.asyncIterator]: () => source,
  };
  const answers = answerEvents({
    source,
    answer: async () => 'x',
    deliver: async (given) => given,
    onEnd: () => {},
    onReleaseError: (error) => errors.push(error),
  });
  expect(await answers.return?.()).toEqual({ done: true, value: undefined });
  expect(errors).toEqual([broken]);
});

it.each([
  ['there is no answer', async () => undefined, { done: true, value: undefined }],
  ['an answer rejects', async () => Promise.reject(new Error('no')), 'no'],
])('lets its source go when %s', async (_case, answer, expected) => {
  const { source, answers, ends } = aStream(answer);
  source.push({ name: 'a' });
  source.push({ name: 'b' });
  expect(await answers.next().catch((error: Error) => error.message)).toEqual(expected);
  expect(ends.source).toBe(1);
  expect(await answers.next()).toEqual({ done: true, value: undefined });
});

it('hands on what its source rejects with, once', async () => {
  const { source, answers } = aStream(async () => 'x');
  source.end(new Error('lost'));
  await expect(answers.next()).rejects.toThrow('lost');
  expect(await answers.next()).toEqual({ done: true, value: undefined });
});

it('prepares four answers at the same time, and gives them in the order of their events', async () => {
  const started: { readonly name: string; readonly finish: () => void }[] = [];
  const { source, answers } = aStream(
    (event) =>
      new Promise((resolve) => {
        const name = JSON.stringify(event);
        started.push({ name, finish: () => resolve(name) });
      }),
  );
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) source.push({ name });
  const first = answers.next();
  await expect.poll(() => started.length).toBe(5); // the first one is not waiting any more
  for (const { finish } of started.toReversed()) finish();
  expect(await first).toEqual({ done: false, value: '{"name":"a"}' });
  expect(await answers.next()).toEqual({ done: false, value: '{"name":"b"}' });
  expect(started.map(({ name }) => name)).toContain('{"name":"f"}');
});

it('prepares an answer again that a slow client takes a quarter of a second later', async () => {
  let nowMs = 0;
  let asked = 0;
  const { source, answers } = aStream(
    async () => {
      asked += 1;
      return `answer ${asked}`;
    },
    () => nowMs,
  );
  source.push({ name: 'a' });
  source.push({ name: 'b' });
  source.push({ name: 'c' });
  expect(await answers.next()).toEqual({ done: false, value: 'answer 1' });
  await expect.poll(() => asked).toBe(3);
  nowMs = 250;
  expect(await answers.next()).toEqual({ done: false, value: 'answer 2' });
  nowMs = 251;
  expect(await answers.next()).toEqual({ done: false, value: 'answer 4' });
});

it('reports the error of an answer after the answers to earlier events', async () => {
  const { source, answers } = aStream(async (event) => {
    const name = JSON.stringify(event);
    if (name.includes('b')) throw new Error('no');
    return name;
  });
  source.push({ name: 'a' });
  source.push({ name: 'b' });
  expect(await answers.next()).toEqual({ done: false, value: '{"name":"a"}' });
  await expect(answers.next()).rejects.toThrow('no');
});

it('delivers each answer that is sent, once, and none that was prepared again', async () => {
  let nowMs = 0;
  let prepared = 0;
  const delivered: string[] = [];
  const { source, answers } = aStream(
    async (event) => {
      prepared += 1;
      return `${JSON.stringify(event)} ${prepared}`;
    },
    () => nowMs,
    async (answer) => {
      delivered.push(answer);
      return answer.toUpperCase();
    },
  );
  source.push({ name: 'a' });
  source.push({ name: 'b' });
  expect((await answers.next()).value).toBe('{"NAME":"A"} 1');
  await expect.poll(() => prepared).toBe(2);
  expect(delivered).toHaveLength(1);
  nowMs = 10_000;
  expect((await answers.next()).value).toBe('{"NAME":"B"} 3');
  expect(delivered).toEqual(['{"name":"a"} 1', '{"name":"b"} 3']);
});

it('ends with the error of a delivery, and does not send its answer', async () => {
  const { source, answers, ends } = aStream(
    async () => 'x',
    () => 0,
    () => Promise.reject(new Error('not recorded')),
  );
  source.push({ name: 'a' });
  source.push({ name: 'b' });
  await expect(answers.next()).rejects.toThrow('not recorded');
  expect(ends).toEqual({ source: 1, stream: 1 });
  expect(await answers.next()).toEqual({ done: true, value: undefined });
});
