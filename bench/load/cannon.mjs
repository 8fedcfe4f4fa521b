/**
 * The process that makes the load. It runs autocannon for each message, and replies with the answers by status. A
 * process of its own, so that its cost is in no figure of a server.
 */
import { createHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { summaryOf } from './summary.mjs';

process.on('message', async (load) => {
  const { url, query, queries = [query], statuses = [200, 503], token, ...limits } = load;
  const { connections, duration, rate } = limits;
  const times = new Map();
  const faults = new Set();
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const instance = autocannon({
    url: `${url}/graphql`,
    connections,
    duration,
    ...(rate === undefined ? {} : { overallRate: rate }),
    requests: queries.map((each) => ({
      method: 'POST',
      headers,
      body: JSON.stringify({ query: each }),
      onResponse(status, body, _context, answered) {
        const fault = faultOf({ status, body, headers: answered }, statuses);
        if (fault !== undefined) faults.add(fault);
      },
    })),
  });
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    if (!times.has(status)) times.set(status, createHistogram());
    times.get(status).record(Math.max(1, Math.round(milliseconds * 1_000)));
  });
  const result = await instance;
  process.send({
    seconds: result.duration,
    broken: result.errors + result.timeouts,
    faults: [...faults],
    byStatus: Object.fromEntries([...times].map(([status, found]) => [status, summaryOf(found)])),
  });
});

/** What is wrong with an answer; undefined when it is data, or a refusal that is in order. */
function faultOf({ status, body, headers }, statuses) {
  if (!statuses.includes(status)) return `${status}: ${body}`;
  if (status === 200) return body.startsWith('{"data":{"') ? undefined : `200: ${body}`;
  if (!body.startsWith('{"errors":[{"message":')) return `${status}: ${body}`;
  if (status !== 503) return undefined;
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  if (!names.includes('retry-after')) return '503 without Retry-After';
  return body.includes('"SERVICE_UNAVAILABLE"') ? undefined : `503: ${body}`;
}
