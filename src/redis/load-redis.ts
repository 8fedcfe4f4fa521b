import { readFileSync } from 'node:fs';
import { hasCode } from '../errors.ts';
import type { Redis, RedisOptions } from './connect-redis.ts';

const library = '@redis/client';

/** A setting asks for Redis, and the optional peer dependency that connects to it is not installed. */
class RedisLibraryError extends Error {
  override readonly name = 'RedisLibraryError';

  constructor(options: ErrorOptions) {
    super(
      `RATE_LIMIT_URL is set, but Redis needs a library that is not installed: npm install ${library}@${testedVersions()}`,
      options,
    );
  }
}

/**
 * Connects to Redis in the background, and loads the library for it.
 *
 * @throws {RedisLibraryError} with the command that installs what is missing.
 */
export async function loadRedis<Name extends string>(
  options: RedisOptions<Name>,
): Promise<Redis<Name>> {
  const { connectRedis } = await import('./connect-redis.ts').catch((cause) => {
    throw hasCode(cause, 'ERR_MODULE_NOT_FOUND') ? new RedisLibraryError({ cause }) : cause;
  });
  return connectRedis(options);
}

function testedVersions(): string | undefined {
  const manifest: { readonly peerDependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return manifest.peerDependencies[library];
}
