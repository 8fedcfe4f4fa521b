import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { startStallMeter } from '../support/stall.ts';
import { startTestServer } from '../support/test-server.ts';
import { worstDocuments } from '../support/worst-documents.ts';

/**
 * `npm run proof -- large-operations`: the worst documents, each answered within 250 ms, and the longest
 * that the event loop stood still meanwhile. Other work on the machine only adds to that: the best of a few
 * tries counts, none of which finds the document known already.
 */
const tries = 5;
const mostMs = 250;

it('answers each of the worst documents in time, and lets others have their turn', async () => {
  const server = await startTestServer();
  const meter = startStallMeter();
  const slow: string[] = [];
  const most = { answeredMs: 0, stoodMs: 0 };
  for (const { what, query, variables = '{}' } of worstDocuments) {
    const runs: Run[] = [];
    for (let n = 0; n < tries; n += 1) {
      const text = JSON.stringify(`${query}\n# ${n} ${performance.now()}`);
      const body = `{"query":${text},"variables":${variables}}`;
      const { stoodMs, result } = await meter.during(async () => {
        const startedAt = performance.now();
        const answer = await post(server.url, { body, token: server.admin.accessToken });
        return { ...answer, answeredMs: performance.now() - startedAt };
      });
      runs.push({ ...result, stoodMs });
    }
    const best = (value: (run: (typeof runs)[number]) => number) => Math.min(...runs.map(value));
    const [answeredMs, stoodMs] = [best((run) => run.answeredMs), best((run) => run.stoodMs)];
    const { status, reason } = runs[0] ?? { status: 0, reason: '' };
    const figures = `${answeredMs.toFixed(0).padStart(5)} ms, stood ${stoodMs.toFixed(0)} ms`;
    process.stdout.write(`${figures}  ${status} ${reason}  ${what} (${query.length} characters)\n`);
    most.answeredMs = Math.max(most.answeredMs, answeredMs);
    most.stoodMs = Math.max(most.stoodMs, stoodMs);
    if (status >= 500 || answeredMs > mostMs || stoodMs > mostMs) slow.push(what);
  }
  meter.stop();
  await server.stop();
  process.stdout.write(`${worstDocuments.length} documents, ${slow.length} too slow\n`);
  expect(slow).toEqual([]);
  recordFigure('large-operations.documents', worstDocuments.length);
  recordFigure('large-operations.answered', Math.round(most.answeredMs));
  recordFigure('large-operations.blocked', Math.round(most.stoodMs));
});

interface Run {
  readonly status: number;
  readonly reason: string;
  readonly answeredMs: number;
  readonly stoodMs: number;
}

async function post(
  url: string,
  { body, token }: { readonly body: string; readonly token: string },
): Promise<{ readonly status: number; readonly reason: string }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  });
  const { errors } = JSON.parse(await response.text());
  const { code = '', reason = '' } = errors?.[0]?.extensions ?? {};
  return { status: response.status, reason: `${code} ${reason}`.trim() };
}
