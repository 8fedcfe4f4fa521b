import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** One key of an issuer: what signs, and what is published of it. */
export async function createKey(kid: string, alg = 'RS256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
}
export type Key = Awaited<ReturnType<typeof createKey>>;

/** Signs claims as they are; one that is undefined is left out, as in JSON. */
export function sign(key: Key, claims: object, header: object = {}): Promise<string> {
  const payload: JWTPayload = JSON.parse(JSON.stringify(claims));
  return new SignJWT(payload)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}

interface IssuerState {
  keys: readonly Key[];
  asked: number;
  answer?: { readonly status: number; readonly body: string };
}

/** Serves keys, or whatever `answer` says instead, and counts how often it was asked. */
export async function startIssuer(...published: readonly Key[]) {
  const state: IssuerState = { keys: published, asked: 0 };
  const server = createServer((_request, response) => {
    state.asked += 1;
    const { status, body } = state.answer ?? {
      status: 200,
      body: JSON.stringify({ keys: state.keys.map(({ jwk }) => jwk) }),
    };
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    state,
    jwks: `http://127.0.0.1:${port}/jwks.json`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
