import { expect, it } from 'vitest';
import { createEventQueue } from '../../../src/events/event-queue.ts';
import { answerEvents } from '../../../src/server/subscriptions/event-stream.ts';

function aStream(answer: (event: unknown) => Promise<string | undefined>) {
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
    onEnd: () => {
      ends.stream += 1;
    },
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
  expect(ends).toMatchObject({ source: 1 });
  expect(ends.stream).toBeGreaterThanOrEqual(1);
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
