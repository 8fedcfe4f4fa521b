import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createLineBuffer } from '../../src/observability/line-buffer.ts';

function buffered() {
  const written: string[] = [];
  return { written, buffer: createLineBuffer({ write: (text) => written.push(text) }) };
}

it('writes the lines of one turn of the event loop at once, in their order', async () => {
  const { written, buffer } = buffered();
  buffer.write('a\n');
  buffer.write('b\n');
  expect(written).toEqual([]);
  await setImmediate();
  buffer.write('c\n');
  await setImmediate();
  expect(written).toEqual(['a\nb\n', 'c\n']);
});

it('writes what is left when it is flushed, and nothing twice', async () => {
  const { written, buffer } = buffered();
  buffer.write('a\n');
  buffer.flushSync();
  buffer.flushSync();
  await setImmediate();
  expect(written).toEqual(['a\n']);
});

it('writes a fatal line of a logger at once, behind the lines before it', () => {
  const { written, buffer } = buffered();
  const logger = pino({ base: null, timestamp: false }, buffer);
  logger.info('a');
  logger.fatal('b');
  expect(written).toEqual(['{"level":30,"msg":"a"}\n{"level":60,"msg":"b"}\n']);
});
