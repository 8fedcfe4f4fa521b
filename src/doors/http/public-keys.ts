import type { FastifyInstance } from 'fastify';

export interface PublicKeysOptions {
  /** Returns the public keys that verify access tokens now (RFC 7517, section 5). */
  readonly publicJwks: () => { readonly keys: readonly object[] };
  /** How long clients may cache the keys, in seconds. */
  readonly jwksMaxAgeSeconds: number;
}

export function registerPublicKeys(
  fastify: FastifyInstance,
  { publicJwks, jwksMaxAgeSeconds }: PublicKeysOptions,
): void {
  fastify.get('/.well-known/jwks.json', async (_request, reply) =>
    reply.header('cache-control', `public, max-age=${jwksMaxAgeSeconds}`).send(publicJwks()),
  );
}
