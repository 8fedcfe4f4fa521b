import { toHashConcurrency } from '../authentication/hash-queue.ts';
import type { Config, Environment } from '../config/config.ts';
import { findMisspelledSettings } from '../config/misspelled-settings.ts';
import type { SettingsOwner } from '../config/package-settings.ts';
import { type Check, note, ok, warning } from '../values/check.ts';

/** Reports settings that are allowed, but risky in production. Pure. */
export function checkSettings(config: Config): readonly Check[] {
  if (!config.isProduction) {
    return [
      note('settings', 'development mode: settings that are unsafe in production are allowed'),
    ];
  }
  const concerns = concernsOf(config);
  return concerns.length > 0 ? concerns : [ok('settings', 'production mode')];
}

/** Reports environment variables that are probably misspelled settings. Pure. */
export const checkSettingNames = (
  environment: Environment,
  packages: readonly SettingsOwner[],
): readonly Check[] =>
  findMisspelledSettings(environment, packages).map(({ name, meant }) =>
    warning(
      'settings',
      `${name} is not a setting and has no effect`,
      `rename it to ${meant}, or remove it`,
    ),
  );

function concernsOf(config: Config): readonly Check[] {
  const concern = (applies: boolean, found: string, advice: string) =>
    applies ? [warning('settings', found, advice)] : [];
  return [
    ...concern(
      config.reportsOnly,
      'AUTHORIZATION=report: no access is denied',
      'set AUTHORIZATION=enforce once the log shows no wrong denials',
    ),
    ...concern(
      config.firstAdmin.password !== undefined,
      'ADMIN_PASSWORD is set',
      'remove it once the first admin exists: it is no longer needed',
    ),
    ...concern(
      config.databaseUrl === undefined,
      'the embedded database supports only one process',
      'set DATABASE_URL to a PostgreSQL server unless one node is enough',
    ),
    ...concern(
      config.databaseUrl !== undefined && isUnencrypted(config.databaseUrl),
      'the connection to the database is not encrypted',
      'add sslmode=verify-full to DATABASE_URL unless the network is trusted',
    ),
    ...concern(
      config.databaseReplica !== undefined && isUnencrypted(config.databaseReplica.url),
      'the connection to the replica is not encrypted',
      'add sslmode=verify-full to DATABASE_REPLICA_URL unless the network is trusted',
    ),
    ...concern(
      config.trustProxy === undefined,
      'no proxy is trusted, although only a proxy can serve HTTPS, which session cookies need',
      'set TRUST_PROXY to the proxy: otherwise all clients behind it share one address, and requests count as unencrypted',
    ),
    ...concern(
      config.allowedOrigins.some((origin) => origin.startsWith('http:')),
      'ALLOWED_ORIGINS has an origin without TLS',
      'remove it: its pages can be changed on the network, and they may use session cookies',
    ),
    ...concern(
      ['fatal', 'silent'].includes(config.logLevel),
      `LOG_LEVEL=${config.logLevel} hides errors`,
      'set LOG_LEVEL=info',
    ),
  ];
}

function isUnencrypted(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, searchParams } = new URL(url);
  const isLocal = hostname === '' || isLoopback(hostname);
  return !isLocal && ['disable', null].includes(searchParams.get('sslmode'));
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || host.startsWith('127.');

/** Checks that password hashes can use every core. Pure. */
export function checkThreadPool({ threadPoolSize }: Config, cores: number): Check {
  const atOnce = toHashConcurrency({ cores, threadPoolSize });
  const found = `${threadPoolSize} threads for ${cores} cores: ${atOnce} hashes at once`;
  return atOnce >= cores
    ? ok('thread pool', found)
    : warning('thread pool', found, `start the process with UV_THREADPOOL_SIZE=${cores + 2}`);
}
