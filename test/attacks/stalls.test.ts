import { afterAll, beforeAll, expect } from 'vitest';
import { attack } from '../support/attacked-server.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type StallMeter, startStallMeter } from '../support/stall.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';
import { worstDocuments } from '../support/worst-documents.ts';

/**
 * How long one anonymous request may keep all others waiting, in milliseconds. Other work of the machine adds to
 * what is measured, so that the best of some tries counts; the client’s own work is in it too. `STALLS=1` prints the
 * figures.
 */
const mostMs = 50;
const tries = 20;

let server: TestServer;
let meter: StallMeter;
const figures: string[] = [];
beforeAll(async () => {
  server = await startTestServer();
  meter = startStallMeter();
});
afterAll(async () => {
  meter.stop();
  await server.stop();
  if (process.env.STALLS !== undefined) {
    process.stdout.write(`${figures.toSorted().reverse().join('\n')}\n`);
  }
});

/** Sends one request. Resolves with how it was answered. `n` is another number each time. */
type Send = (n: number) => Promise<string>;

function stall(how: string, send: Send): void {
  attack(`hold up the thread by ${how}`, 'API4:2023; ASVS 5 1.3.12', async () => {
    const stalls: number[] = [];
    let reported = '';
    for (let n = 0; n < tries && !stalls.some((ms) => ms < mostMs / 2); n += 1) {
      const { stoodMs, result } = await meter.during(() => send(n));
      reported = result;
      stalls.push(stoodMs);
    }
    const best = Math.min(...stalls);
    figures.push(`${best.toFixed(1).padStart(8)} ms  ${how}: ${reported}`);
    expect(best).toBeLessThan(mostMs);
  });
}

const post = async (body: string): Promise<string> => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { errors } = JSON.parse(await response.text());
  const { code = '', reason = '' } = errors?.[0]?.extensions ?? {};
  return `${response.status} ${code} ${reason}`.trim();
};

for (const { what, query, variables = '{}' } of worstDocuments) {
  stall(what, (n) => {
    const text = JSON.stringify(`${query}\n# ${n} ${performance.now()}`);
    return post(`{"query":${text},"variables":${variables}}`);
  });
}

const bodyBytes = 99_000;
/** As many of these as a body has room for. */
const fill = (piece: string, bytes = bodyBytes) =>
  piece.repeat(Math.floor(bytes / Buffer.byteLength(JSON.stringify(piece).slice(1, -1))));

const texts = {
  'misordered marks': `a${fill('\u0301\u0323', 96_000)}`,
  'other misordered marks': `a${fill('\u{1d165}\u0334\u05b0', 96_000)}`,
  'ligatures of 18 letters': fill('\ufdfa', 96_000),
  'capital letters that grow': fill('\u0130', 96_000),
  Hangul: fill('\u1100\u1161\u11a8', 96_000),
  'white space': `${fill(' ', 96_000)}x`,
  letters: fill('a', 96_000),
  'half pairs': fill('\ud800', 90_000),
  'many names': fill('a@', 96_000),
  'moments that nearly are': `2030-01-01T00:00:00.${fill('1', 95_000)}`,
};
for (const [what, text] of Object.entries(texts)) {
  for (const [where, query] of Object.entries({
    'a username': 'mutation ($t: String!) { login(username: $t, password: "x") { tokenType } }',
    'a password': 'mutation ($t: String!) { login(username: "admin", password: $t) { tokenType } }',
    'a refresh token': 'mutation ($t: String!) { refresh(refreshToken: $t) { tokenType } }',
    'a search': 'query ($t: String!) { users(search: $t) { edges { cursor } } }',
    'a cursor': 'query ($t: String!) { users(after: $t) { edges { cursor } } }',
    'a moment':
      'mutation ($t: DateTime!) { grantGroup(userId: "1", group: STAFF, expiresAt: $t) { id } }',
    'an enum': 'mutation ($t: Group!) { grantGroup(userId: "1", group: $t) { id } }',
    'a number': 'query ($t: Int!) { users(first: $t) { edges { cursor } } }',
    'an id': 'query ($t: ID!) { user(id: $t) { id } }',
  })) {
    stall(`${what} for ${where}`, () => post(JSON.stringify({ query, variables: { t: text } })));
  }
  stall(`${what} for an operation’s name`, () =>
    post(JSON.stringify({ query: 'query A { __typename }', operationName: text })),
  );
  stall(`${what} for a document`, () => post(JSON.stringify({ query: text })));
  stall(`${what} in a block string`, () =>
    post(JSON.stringify({ query: `{ user(id: """${text}""") { id } }` })),
  );
}

const bodies = {
  'JSON of lists': `${fill('[', 49_500)}${fill(']', 49_500)}`,
  'JSON of objects': `{"query":"{ __typename }","variables":${'{"a":'.repeat(14_000)}1${'}'.repeat(14_000)}}`,
  'JSON of one key': `{"query":"{ __typename }",${'"a":1,'.repeat(16_000)}"b":1}`,
  'JSON of many keys': `{"query":"{ __typename }","variables":{${Array.from({ length: 9_000 }, (_, n) => `"${n}":1`).join()}}}`,
  'JSON of numbers that meet as keys': `{"query":"{ __typename }","extensions":{${Array.from(
    { length: 9_000 },
    (_, n) => `"${n * 65_537}":1`,
  )
    .join()
    .slice(0, 90_000)
    .replace(/,[^,]*$/, '')}}}`,
  'JSON of long numbers': `{"query":"{ __typename }","variables":{"a":${'9'.repeat(98_000)}}}`,
  'JSON of escapes': `{"query":"${'\\u0061'.repeat(16_000)}"}`,
  'JSON of prototypes': `{"query":"{ __typename }","a":[${'"__proto__",'.repeat(7_000)}1]}`,
  'JSON of escaped prototypes': `{"query":"{ __typename }","a":[${'"\\u005f_proto__",'.repeat(5_000)}1]}`,
  'deep extensions': `{"query":"{ __typename }","extensions":${'['.repeat(45_000)}${']'.repeat(45_000)}}`,
  'a batch': `[${'{"query":"{ __typename }"},'.repeat(3_500)}{}]`,
  'bytes that are no UTF-8': `"${'\u0000'.repeat(98_000)}"`,
  'spaces before it': `${' '.repeat(98_000)}{}`,
};
for (const [what, body] of Object.entries(bodies)) stall(what, () => post(body));

const filler = (piece: string) => piece.repeat(Math.floor(15_000 / piece.length));
const headers = {
  authorization: ['Bearer =', 'Bearer a.', ' ', 'Bearer  ', 'Bearer gatehouse_', 'Basic a'],
  cookie: ['a=b;', ';', '=', 'a=";', ' '],
  'content-type': [';', '; charset', ';a="', 'application/json;', ' ', '/', ';charset= ', '"\\'],
  prefer: ['"\\', ',', 'handling=', '"', 'a;', 'handling = "'],
  accept: [',', 'a/b;q=0.1,', '"', '*/*;', ';', 'a/b;a="b,'],
  'accept-encoding': [',', 'gzip;q=0.1,', ';'],
  'user-agent': [' ', '\u0085', 'a '],
  origin: ['http://a', '/', ':'],
  'x-forwarded-for': ['1.1.1.1,', ',', ' ', '::1,'],
  traceparent: ['00-', '-'],
  expect: [' ', ','],
  'if-none-match': ['"a",', ','],
};
for (const [name, pieces] of Object.entries(headers)) {
  for (const piece of pieces) {
    stall(`${JSON.stringify(piece)} over and over in ${name}`, async () => {
      const body = '{"query":"{ __typename }"}';
      const type = name === 'content-type' ? '' : 'content-type: application/json\r\n';
      const { status } = await sendRaw(
        server.url,
        `POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${type}content-length: ${body.length}\r\n${name}: ${filler(piece)}x\r\n\r\n${body}`,
      );
      return String(status);
    });
  }
}

for (const [what, path] of Object.entries({
  'slashes in a path': '/'.repeat(7_900),
  'dots in a path': `/${'../'.repeat(2_600)}`,
  'escapes in a path': `/${'%2e'.repeat(2_600)}`,
  'arguments of a query': `/graphql?${'a=1&'.repeat(1_900)}`,
  'a document by GET': `/graphql?query=${'%7b'.repeat(2_600)}`,
  'variables by GET': `/graphql?query=%7b__typename%7d&variables=${'['.repeat(7_000)}`,
})) {
  stall(what, async () => {
    const bytes = `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
    return String((await sendRaw(server.url, bytes)).status);
  });
}

for (const [what, query] of Object.entries({
  'a document over a socket': `{ ${'a '.repeat(45_000)} }`,
  'unknown fields over a socket': `{ ${Array.from({ length: 900 }, (_, n) => `a${n}`).join(' ')} }`,
})) {
  stall(what, async () => {
    const socket = openTestSocket(server.url);
    const ended = JSON.stringify(await socket.subscribe(query).ended);
    await socket.close();
    return ended.slice(0, 60);
  });
}
