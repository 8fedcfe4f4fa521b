import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { listenLocally } from './listen-locally.ts';

/** What a provider says of one log-in. */
export interface IdToken {
  readonly claims: JWTPayload & Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
}

/** How a provider errs. */
export interface Errs {
  /** Changes the ID token before it is signed. */
  readonly token?: (token: IdToken, issuer: string) => IdToken;
  /** Replaces the text of the ID token. */
  readonly text?: (token: IdToken, signed: string) => Promise<string> | string;
  /** Changes the answer with tokens. */
  readonly answer?: (answer: Readonly<Record<string, unknown>>) => object;
  /** Answers a path in place of the provider. */
  readonly paths?: Readonly<
    Record<string, (response: ServerResponse, request: IncomingMessage) => void>
  >;
  /** Changes what it says of itself. */
  readonly metadata?: (metadata: Readonly<Record<string, unknown>>) => object;
}

export interface HostileProvider {
  readonly issuer: string;
  readonly port: number;
  /** The paths that were requested. */
  readonly requested: string[];
  /** The fields of the last request for tokens. */
  readonly sent: () => URLSearchParams;
  /** Signs with another key from now on. */
  rotate(): Promise<void>;
  errAs(errs: Errs): void;
  /** Signs claims as its tokens are. */
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** The nonce of the log-in that comes next, which a provider knows from the address. */
  expect(nonce: string): void;
  stop(): Promise<void>;
}

export const clientId = 'gatehouse';
export const clientSecret = 'the secret of the client at the provider';

/** Starts a provider that errs as a test says. */
export async function startHostileProvider(): Promise<HostileProvider> {
  let errs: Errs = {};
  let nonce = '';
  let count = 1;
  let keys = await newKeys(count);
  let sent = new URLSearchParams();
  const requested: string[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const { port, stop } = await listenLocally(server);
  const issuer = `http://127.0.0.1:${port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', issuer);
    requested.push(pathname);
    const own = errs.paths?.[pathname];
    if (own !== undefined) return own(response, request);
    if (pathname === '/.well-known/openid-configuration') {
      return send(response, (errs.metadata ?? ((each) => each))(metadataOf(issuer)));
    }
    if (pathname === '/keys') return send(response, { keys: [keys.jwk] });
    sent = new URLSearchParams(await bodyOf(request));
    send(response, await tokens());
  }

  const sign: HostileProvider['sign'] = (claims, header = { kid: keys.jwk.kid }) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(keys.privateKey);

  async function tokens(): Promise<object> {
    const now = Math.floor(Date.now() / 1000);
    const honest: IdToken = {
      header: { alg: 'RS256', kid: keys.jwk.kid },
      claims: {
        iss: issuer,
        sub: 'ada',
        aud: clientId,
        iat: now,
        exp: now + 60,
        auth_time: now,
        nonce,
      },
    };
    const token = errs.token?.(honest, issuer) ?? honest;
    const signed = await sign(token.claims, token.header);
    const text = (await errs.text?.(token, signed)) ?? signed;
    const answered = { access_token: 'access', token_type: 'bearer', id_token: text };
    return errs.answer?.(answered) ?? answered;
  }

  return {
    issuer,
    port,
    requested,
    sent: () => sent,
    async rotate() {
      count += 1;
      keys = await newKeys(count);
    },
    errAs(next) {
      errs = next;
    },
    sign,
    expect(next) {
      nonce = next;
    },
    stop,
  };
}

async function newKeys(count: number) {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: `key-${count}`, alg: 'RS256', use: 'sig' };
  return { privateKey, jwk };
}

const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  end_session_endpoint: `${issuer}/log-out`,
  response_types_supported: ['code'],
  token_endpoint_auth_methods_supported: ['client_secret_post'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
});

export function send(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

/** Sends bytes for as long as the client reads. */
export function sendEndlessly(response: ServerResponse, bytes = Number.POSITIVE_INFINITY): void {
  response.setHeader('content-type', 'application/json');
  const chunk = Buffer.alloc(65_536, ' ');
  let left = bytes;
  const write = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', write);
        return;
      }
    }
    if (!response.destroyed) response.end('{}');
  };
  write();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
