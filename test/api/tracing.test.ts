import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminPassword, startTestServer, type TestServer } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}

/** A collector of traces, by OTLP over HTTP. */
let collector: Server;
const received: string[] = [];
let spans: readonly Span[];

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
/** Of a document that another request has sent before. */
const traceIdOfKnown = '5bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    if (request.url === '/v1/traces') received.push(await text(request));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const address = collector.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${address.port}` };
  const server = await startTestServer({ environment: endpoint });
  await work(server);
  await server.stop();
  const distrustful = await startTestServer({
    environment: { ...endpoint, OTEL_PROPAGATORS: 'none' },
  });
  await distrustful.ask('query Untraced { serverInfo { name } }', { headers });
  await distrustful.stop();
  spans = received.flatMap((body) =>
    JSON.parse(body).resourceSpans.flatMap((each: { scopeSpans: { spans: Span[] }[] }) =>
      each.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
});

afterAll(() => collector.close());

const headersOf = (trace: string) => ({ traceparent: `00-${trace}-${parentId}-01` });
const headers = headersOf(traceId);

async function work(server: TestServer): Promise<void> {
  const token = server.admin.accessToken;
  await server.ask('query Traced { me { username } }', { token, headers });
  await server.ask('query Traced { me { username } }', {
    token,
    headers: headersOf(traceIdOfKnown),
  });
  const socket = openTestSocket(server.url, { token });
  await socket.subscribe('query OverSocket { me { username } }').result();
  await socket.close();
}

const attributeOf = (span: Span | undefined, key: string): unknown =>
  span?.attributes.find((attribute) => attribute.key === key)?.value.stringValue;

it.each([
  { document: 'an unknown', id: traceId },
  { document: 'a known', id: traceIdOfKnown },
])(
  'makes one trace of $document document, from the request to the statement, in the trace it came with',
  ({ id }) => {
    const ofTrace = spans.filter((span) => span.traceId === id);
    const request = ofTrace.find(({ parentSpanId }) => parentSpanId === parentId);
    expect(request?.name).toBe('POST');
    const operation = ofTrace.find(({ parentSpanId }) => parentSpanId === request?.spanId);
    expect(operation?.name).toBe('graphql query');
    expect(attributeOf(operation, 'graphql.operation.name')).toBe('Traced');
    expect(attributeOf(operation, 'gatehouse.outcome')).toBe('ok');

    const statements = ofTrace.filter((span) => attributeOf(span, 'db.query.text') !== undefined);
    expect(statements.length).toBeGreaterThan(0);
    const parentOf = (span: Span | undefined) =>
      ofTrace.find(({ spanId }) => spanId === span?.parentSpanId);
    for (const statement of statements) {
      let above = parentOf(statement);
      while (above !== undefined && above !== operation) above = parentOf(above);
      expect(above).toBe(operation);
    }
  },
);

it('leaves alone the trace that it came with, where that is not to be believed', () => {
  const operation = spans.find(
    (span) => attributeOf(span, 'graphql.operation.name') === 'Untraced',
  );
  expect(operation?.traceId).toMatch(/^[\da-f]{32}$/);
  expect(operation?.traceId).not.toBe(traceId);
});

it('traces what a socket asks', () => {
  const operation = spans.find(
    (span) => attributeOf(span, 'graphql.operation.name') === 'OverSocket',
  );
  const isBelow = ({ parentSpanId }: Span) => parentSpanId === operation?.spanId;
  expect(spans.filter(isBelow).length).toBeGreaterThan(0);
});

it('sends no password, token, document or argument', () => {
  const all = received.join('\n');
  expect(all).toContain('"gatehouse"');
  for (const secret of [adminPassword, 'Bearer', 'eyJ', 'accessToken', 'login(']) {
    expect(all).not.toContain(secret);
  }
});
