import { createServer } from 'node:http';
import { type TokenViewer, tokenViewer } from '@graphql-gatehouse/authorization/tokens';
import { errors } from 'jose';
import { listenLocally } from '../listen-locally.ts';
import { judge, type Verdict } from './judge.ts';
import type { Vector } from './vectors.ts';

/** Shows each token to `tokenViewer`, one after the other. */
export async function judgeByTokenViewer(
  vectors: readonly Vector[],
): Promise<readonly { readonly vector: Vector; readonly verdict: Verdict }[]> {
  const issuer = await startIssuer(vectors);
  try {
    const judged = [];
    for (const vector of vectors) {
      judged.push({ vector, verdict: judge(vector, await issuer.show(vector)) });
    }
    return judged;
  } finally {
    await issuer.stop();
  }
}

/** Serves the keys of each group of vectors under a URL of its own. */
async function startIssuer(vectors: readonly Vector[]) {
  const keySets = new Map(vectors.map((each) => [pathOf(each), each.published]));
  const server = await listenLocally(
    createServer(({ url = '' }, response) => {
      const body = JSON.stringify({ keys: keySets.get(url) ?? [] });
      response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(body);
    }),
  );
  const viewers = new Map(
    [...keySets.keys()].map((path) => [
      path,
      tokenViewer({
        issuer: 'https://issuer.example',
        audience: 'vectors',
        jwks: `http://127.0.0.1:${server.port}${path}`,
        groups: () => [],
      }),
    ]),
  );

  return {
    async show(vector: Vector) {
      const viewerOf = viewers.get(pathOf(vector));
      if (viewerOf === undefined) throw new Error(`There are no keys of ${vector.title}.`);
      return toOutcome(await viewerOf(`Bearer ${vector.token}`));
    },
    stop: () => server.stop(),
  };
}

const pathOf = ({ file, group }: Vector) => `/${file}/${group}`;

/**
 * No payload of the vectors has claims, so every viewer is anonymous. Payloads are read after the signature was
 * verified: `JWTInvalid` means that it was accepted, and that its payload is not a JSON object.
 */
function toOutcome(viewer: TokenViewer<unknown>) {
  if (viewer.isAuthenticated) return { accepted: true, cause: undefined };
  const { cause } = viewer;
  const isAboutClaims =
    cause instanceof errors.JWTInvalid || cause instanceof errors.JWTClaimValidationFailed;
  return { accepted: isAboutClaims, cause };
}
