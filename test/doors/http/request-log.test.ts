import { pino } from 'pino';
import { expect, it } from 'vitest';
import { RequestLog } from '../../../src/doors/http/request-log.ts';

function logged(level: string, log: (requestLog: RequestLog) => void): unknown[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const server = pino({ level, base: null, timestamp: false }, destination);
  log(new RequestLog(server, { requestId: '7' }));
  return lines.map((line) => JSON.parse(line));
}

it.each(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)(
  'logs a line of level %s with the id of the request',
  (level) => {
    const lines = logged('trace', (log) => log[level]({ a: 1 }, 'said %s', 'this'));
    const label = pino.levels.values[level];
    expect(lines).toEqual([{ level: label, requestId: '7', a: 1, msg: 'said this' }]);
  },
);

it('logs nothing below the level of the server, which is its own', () => {
  const lines = logged('warn', (log) => {
    expect(log.level).toBe('warn');
    log.info('a');
    log.silent();
    log.warn('b');
  });
  expect(lines).toEqual([{ level: 40, requestId: '7', msg: 'b' }]);
});

it('gives its children the id of the request as well', () => {
  const lines = logged('info', (log) => log.child({ part: 'body' }).info('a'));
  expect(lines).toEqual([{ level: 30, requestId: '7', part: 'body', msg: 'a' }]);
});
