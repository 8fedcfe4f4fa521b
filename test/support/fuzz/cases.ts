import type { GraphQLSchema } from 'graphql';
import { makeDocument } from './documents.ts';
import { mutate, nastyTexts, nastyValues, type Random } from './random.ts';

/** One request to send. */
export interface FuzzCase {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whether a 200 would be a way round what should have been refused. */
  readonly mustFail?: boolean;
}

/** What there is to attack with. */
export interface FuzzWorld {
  readonly schema: GraphQLSchema;
  /** Good ones, of viewers of several kinds. */
  readonly tokens: readonly string[];
  readonly ids: readonly string[];
}

export type MakeCase = (random: Random, world: FuzzWorld) => FuzzCase;

const json = { 'content-type': 'application/json', accept: 'application/json' };
const post = (body: string, headers: Readonly<Record<string, string>> = {}): FuzzCase => ({
  method: 'POST',
  path: '/graphql',
  headers: { ...json, ...headers },
  body,
});

/** Characters that may stand in a header; others never leave the client. */
const sendable = (value: string) => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');

/** A good token that is changed a little, or in one of its parts with care. */
export const tokenCase: MakeCase = (random, { tokens }) => {
  const token = random.pick(tokens);
  const parts = token.split('.');
  const index = random.below(parts.length);
  const changed = random.pick([
    () => mutate(random, token),
    () => parts.map((part, at) => (at === index ? changedPart(random, part) : part)).join('.'),
    () => [...parts].reverse().join('.'),
    () => `${token.slice(0, random.below(token.length))}${random.pick(tokens)}`,
  ])();
  const scheme = random.once(20)
    ? random.pick(['', 'bearer', 'Basic', 'Bearer  ', 'Bearer\t'])
    : 'Bearer';
  const authorization = sendable(`${scheme} ${changed}`);
  const isStillGood = tokens.includes(sendable(changed).trim());
  return { ...post('{"query":"{ me { id } }"}', { authorization }), mustFail: !isStillGood };
};

/** The JSON in a part of a token, with a member changed. */
function changedPart(random: Random, part: string): string {
  const inside = Buffer.from(part, 'base64url').toString();
  try {
    const members = Object.entries(JSON.parse(inside));
    const [name] = random.pick(members);
    const value = JSON.stringify(random.pick(nastyValues));
    const others = members.filter(([other]) => other !== name || random.once(4));
    const text = [
      ...others.map(([key, old]) => `${JSON.stringify(key)}:${JSON.stringify(old)}`),
      `${JSON.stringify(name)}:${value}`,
    ];
    return Buffer.from(`{${text.join(',')}}`).toString('base64url');
  } catch {
    return Buffer.from(mutate(random, inside), 'latin1').toString('base64url');
  }
}

/** An operation made from the schema, by POST or GET, as one of the viewers. */
export const documentCase: MakeCase = (random, { schema, tokens, ids }) => {
  const query = makeDocument(random, schema, ids);
  const headers: Record<string, string> = {
    ...(random.once(6) ? {} : { authorization: `Bearer ${random.pick(tokens)}` }),
    ...(random.once(6) ? { prefer: 'handling=lenient' } : {}),
  };
  if (!random.once(10)) return post(JSON.stringify({ query }), headers);
  const path = `/graphql?query=${encodeURIComponent(wellFormed(query))}`;
  return {
    method: 'GET',
    path,
    headers: { ...headers, 'apollo-require-preflight': '1' },
    body: undefined,
  };
};

const operations = [
  'query ($v: String) { users(search: $v) { edges { cursor } } }',
  'query ($v: ID!) { room(id: $v) { name } }',
  'query ($v: Int) { rooms(first: $v) { edges { cursor } } }',
  'query ($v: String) { auditEvents(after: $v) { edges { cursor } } }',
  'mutation ($v: CreateUserInput!) { createUser(input: $v) { id } }',
  'mutation ($v: RoomInput!) { createRoom(input: $v) { id } }',
  'mutation ($v: [Group!]!) { createApiClient(name: "fuzz", groups: $v) { client { id } } }',
  'mutation ($v: DateTime) { grantGroup(userId: "1", group: STAFF, expiresAt: $v) { id } }',
  'mutation ($v: String!) { refresh(refreshToken: $v) { tokenType } }',
  '{ __typename }',
];

const inputs: readonly (readonly string[])[] = [
  ['username', 'password', 'displayName', 'email', 'groups'],
  ['name', 'floor', 'groups', 'accessCode'],
];

/** A body of JSON of which parts are wrong, or that is not JSON. */
export const bodyCase: MakeCase = (random, { tokens }) => {
  const value = random.once(2)
    ? random.pick(nastyValues)
    : Object.fromEntries(random.pick(inputs).map((name) => [name, random.pick(nastyValues)]));
  const body: Record<string, unknown> = {
    query: random.once(12) ? random.pick(nastyValues) : random.pick(operations),
    variables: random.once(12) ? random.pick(nastyValues) : { v: value },
  };
  if (random.once(6))
    body[random.pick(['operationName', 'extensions', 'id', ...nastyTexts])] =
      random.pick(nastyValues);
  const whole = JSON.stringify(random.once(30) ? [body, body] : body);
  const text = random.once(4) ? mutate(random, whole) : whole;
  const type = random.once(20)
    ? {
        'content-type': random.pick([
          'text/plain',
          'application/json; charset=utf-7',
          'a/b',
          'json',
        ]),
      }
    : {};
  return post(text, { authorization: `Bearer ${random.pick(tokens)}`, ...type });
};

/** The bytes of up to four requests, one behind the other, with some of them wrong. */
export function rawRequest(random: Random): Buffer {
  if (random.once(12)) return random.bytes(1 + random.below(400));
  const whole = Array.from({ length: 1 + random.below(4) }, () => oneRequest(random)).join('');
  return Buffer.from(random.once(3) ? whole : mutate(random, whole), 'latin1');
}

function oneRequest(random: Random): string {
  const body = '{"query":"{ serverInfo { name } }"}';
  const line = random.pick([
    'POST /graphql HTTP/1.1',
    'GET /graphql?query=%7B__typename%7D HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'CONNECT x:443 HTTP/1.1',
    'GET /health/ready HTTP/1.1',
    'GET /graphql HTTP/1.1',
    'GET /.well-known/jwks.json HTTP/1.0',
    `GET /${random.bytes(4).toString('hex')}%00%ff/../graphql HTTP/1.1`,
  ]);
  const headers = [
    'Host: x',
    'Content-Type: application/json',
    `Content-Length: ${random.once(4) ? random.below(99) : body.length}`,
    ...(random.once(3) ? ['Transfer-Encoding: chunked'] : []),
    ...(random.once(4)
      ? ['Connection: Upgrade', `Upgrade: ${random.pick(['h2c', 'websocket', 'tls'])}`]
      : []),
    ...(random.once(4)
      ? ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
      : []),
    ...(random.once(5) ? [`Authorization: Bearer ${random.bytes(9).toString('latin1')}`] : []),
    ...(random.once(6) ? ['Expect: 100-continue'] : []),
  ].filter(() => !random.once(12));
  return `${[line, ...headers, '', ''].join('\r\n')}${body}`;
}

/** Half a pair of surrogates cannot be written in a URL. */
const wellFormed = (text: string) => Buffer.from(text, 'utf8').toString('utf8');
