import { type AuditResult, serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Runs the audits of graphql-http, each request with these headers beside its own. */
async function audit(headers: Readonly<Record<string, string>>): Promise<readonly AuditResult[]> {
  const fetchFn = (url: string, init: RequestInit = {}) =>
    fetch(url, {
      ...init,
      headers: { ...headers, ...Object.fromEntries(new Headers(init.headers)) },
    });
  const audits = serverAudits({ url: `${server.url}/graphql`, fetchFn });
  const results = await Promise.all(audits.map(({ fn }) => fn()));
  await Promise.all(results.map(async (result) => 'response' in result && drain(result.response)));
  return results;
}

const drain = async (response: Response) => {
  if (!response.bodyUsed) await response.arrayBuffer();
};

/** How many there are of each outcome, and the names of those that are not as the audit would have it. */
const tableOf = (results: readonly AuditResult[]) => ({
  ok: results.filter(({ status }) => status === 'ok').length,
  warn: namesOf(results, 'warn'),
  notice: namesOf(results, 'notice'),
  error: namesOf(results, 'error'),
});

const namesOf = (results: readonly AuditResult[], status: AuditResult['status']) =>
  results.filter((result) => result.status === status).map(({ id, name }) => `${id} ${name}`);

/** Apollo Server answers these with 400 to clients that accept `application/json` alone. */
const knownWarnings = [
  '572B SHOULD use 200 status code on document parsing failure when accepting application/json',
  'FDE2 SHOULD use 200 status code on document validation failure when accepting application/json',
  '7B9B SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
];

describe('GraphQL over HTTP, by the audits of graphql-http', () => {
  it('is kept to, for who sends the header that CSRF prevention asks of GET requests', async () => {
    expect(tableOf(await audit({ 'apollo-require-preflight': 'true' }))).toEqual({
      ok: 58,
      warn: knownWarnings,
      notice: [],
      error: [],
    });
  });

  it('is kept to without it, but for GET requests that any page could make', async () => {
    expect(tableOf(await audit({}))).toEqual({
      ok: 55,
      warn: knownWarnings,
      notice: [
        '5A70 MAY accept application/x-www-form-urlencoded formatted GET requests',
        'D6D5 MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
        '6A70 MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
      ],
      error: [],
    });
  });
});
