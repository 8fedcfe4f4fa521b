import { getOperationAST, parse } from 'graphql';
import { expect, it, vi } from 'vitest';
import { createUnknownLog } from '../../../src/operation/known/unknown-log.ts';

it('logs each operation once, sixty in a minute, and counts the others', () => {
  const warn = vi.fn();
  let nowMs = 0;
  const log = createUnknownLog({ logger: { warn }, elapsedMs: () => nowMs });
  const send = (name: string) => {
    const query = `query ${name} { a }`;
    const context = Object({ requestId: 'r', viewer: { kind: 'anonymous' } });
    const operation = getOperationAST(parse(query)) ?? undefined;
    log({ asked: { query, context, carries: [] }, startedAtMs: 0, operation });
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
