import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLineBuffer } from '../../src/observability/line-buffer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function buffered() {
  const written: string[] = [];
  return { written, buffer: createLineBuffer({ write: (text) => written.push(text) }) };
}

it('writes the lines of 50 ms at once, in their order', () => {
  const { written, buffer } = buffered();
  buffer.write('a\n');
  vi.advanceTimersByTime(49);
  buffer.write('b\n');
  expect(written).toEqual([]);
  vi.advanceTimersByTime(1);
  buffer.write('c\n');
  vi.advanceTimersByTime(50);
  expect(written).toEqual(['a\nb\n', 'c\n']);
});

it('writes earlier when there is much to write', () => {
  const { written, buffer } = buffered();
  const line = `${'a'.repeat(39_999)}\n`;
  buffer.write(line);
  buffer.write(line);
  expect(written).toEqual([line + line]);
});

it('writes what is left when it is flushed, and nothing twice', () => {
  const { written, buffer } = buffered();
  buffer.write('a\n');
  buffer.flushSync();
  buffer.flushSync();
  vi.advanceTimersByTime(50);
  expect(written).toEqual(['a\n']);
});

it('writes a fatal line of a logger at once, behind the lines before it', () => {
  const { written, buffer } = buffered();
  const logger = pino({ base: null, timestamp: false }, buffer);
  logger.info('a');
  logger.fatal('b');
  expect(written).toEqual(['{"level":30,"msg":"a"}\n{"level":60,"msg":"b"}\n']);
});
