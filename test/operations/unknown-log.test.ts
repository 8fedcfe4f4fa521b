import { parse } from 'graphql';
import { expect, it, vi } from 'vitest';
import { createUnknownLog } from '../../packages/operations/src/known/unknown-log.ts';
import { anonymous } from '../../src/authentication/viewer.ts';

it('logs each operation once, sixty in a minute, and counts the others', () => {
  const warn = vi.fn();
  let nowMs = 0;
  const log = createUnknownLog({ warn, elapsedMs: () => nowMs });
  const arrived = { viewer: anonymous('TOKEN_MISSING'), requestId: 'r', client: undefined };
  const send = (operationName: string) => {
    const text = `query ${operationName} { a }`;
    log({ ...arrived, text, document: parse(text), operationName });
  };
  for (let count = 0; count < 100; count += 1) {
    send(`Q${count}`);
    send(`Q${count}`);
  }
  expect(warn).toHaveBeenCalledTimes(60);
  expect(warn.mock.calls[0]?.[0]).toMatchObject({ operationName: 'Q0', viewer: 'anonymous' });
  nowMs = 60_000;
  send('Q0');
  expect(warn).toHaveBeenCalledTimes(60);
  send('Later');
  expect(warn.mock.calls[60]?.[0]).toMatchObject({ operationName: 'Later', omitted: 80 });
});
