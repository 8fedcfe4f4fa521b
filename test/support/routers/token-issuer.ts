import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { listenLocally } from '../listen-locally.ts';

/** An identity provider with tokens as Gatehouse issues them. */
export interface TokenIssuer {
  readonly url: string;
  /** @param expiresInSeconds negative for a token that has expired. */
  issue(name: string, groups: readonly string[], expiresInSeconds?: number): Promise<string>;
  stop(): Promise<void>;
}

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }];
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  const { port, stop } = await listenLocally(server);
  return {
    url: `http://127.0.0.1:${port}`,
    issue: (name, groups, expiresInSeconds = 3_600) =>
      new SignJWT({ groups, scope: groups.join(' ') })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
        .setIssuer('gatehouse')
        .setAudience('gatehouse')
        .setSubject(name)
        .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds)
        .sign(privateKey),
    stop,
  };
}
