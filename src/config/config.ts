import { join } from 'node:path';
import { type EventsServer, toEventsServer } from './settings/events.ts';
import { toOperationLimits } from './settings/operations.ts';
import { parseSettings, type Settings } from './settings/settings.ts';
import type { TrustProxy } from './settings/trust-proxy.ts';

/** Environment variables as they arrive: `process.env`, or a table in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings are invalid. Lists every problem by variable, without its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Invalid settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** All settings of a process, each with its unit in its name. */
export interface Config {
  readonly isProduction: boolean;
  readonly host: string;
  readonly port: number;
  readonly logLevel: Settings['LOG_LEVEL'];
  /** PostgreSQL, or undefined: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** The same database without the pooler of `databaseUrl`. Undefined: there is no pooler in transaction mode. */
  readonly databaseDirectUrl: string | undefined;
  /** A replica of it, and its maximum lag. Undefined: no replica. */
  readonly databaseReplica: { readonly url: string; readonly maxLagMs: number } | undefined;
  /** The NATS server that carries events. Undefined: PostgreSQL carries them. */
  readonly events: EventsServer | undefined;
  /** The limits of PostgreSQL. */
  readonly databaseLimits: {
    readonly maxConnections: number;
    readonly connectTimeoutMs: number;
    readonly statementTimeoutMs: number;
    /** The maximum total time that a request waits for the database. */
    readonly requestTimeoutMs: number;
  };
  readonly dataDir: string;
  /** Whether a missing embedded database is created. */
  readonly mayCreateDatabase: boolean;
  readonly migratesAtStart: boolean;
  /** A dry run: denials are logged, but not enforced. */
  readonly reportsOnly: boolean;
  /** What introspection shows: what the viewer can reach, everything, or nothing. */
  readonly introspection: Settings['INTROSPECTION'];
  readonly signingKeys: {
    readonly file: string;
    readonly createIfMissing: boolean;
    /** How long verifiers may cache the public keys. */
    readonly jwksMaxAgeSeconds: number;
  };
  readonly accessToken: {
    readonly issuer: string;
    readonly audience: string;
    readonly lifetimeSeconds: number;
  };
  /** From the login, regardless of use. */
  readonly sessionLifetimeSeconds: number;
  /** From the last refresh. */
  readonly sessionIdleSeconds: number;
  /** Beyond this number, a login ends the session used least recently. */
  readonly maxSessionsPerUser: number;
  readonly refreshGraceSeconds: number;
  readonly bcryptCost: number;
  /** The number of libuv's threads in this process. libuv reads the variable itself. */
  readonly threadPoolSize: number;
  /** The maximum number of failed attempts in a window, which begins with the first one. */
  readonly loginLimits: {
    readonly perAccount: number;
    readonly perAddress: number;
    readonly windowSeconds: number;
  };
  /** The Redis server that counts the attempts. Undefined: the database counts them. */
  readonly rateLimitRedis: { readonly url: string; readonly timeoutMs: number } | undefined;
  /** The proxies whose `X-Forwarded-For` is trusted. Undefined: no proxy. */
  readonly trustProxy: TrustProxy | undefined;
  /** Whether a link on another site sends the session cookie. */
  readonly sessionCookieSameSite: Settings['SESSION_COOKIE_SAMESITE'];
  /** Other origins whose pages may use the API from a browser. */
  readonly allowedOrigins: readonly string[];
  /** Requests beyond these limits are rejected. */
  readonly loadLimits: {
    readonly maxConcurrentRequests: number;
    readonly maxEventLoopDelayMs: number;
  };
  readonly socketLimits: {
    readonly maxSockets: number;
    readonly maxSocketsPerAddress: number;
    readonly maxSocketsPerViewer: number;
  };
  /** The maximum number of open subscriptions of one user, API client or anonymous address. */
  readonly maxSubscriptionsPerViewer: number;
  /** The limits of one operation. */
  readonly operationLimits: ReturnType<typeof toOperationLimits>;
  readonly minPasswordLength: number;
  /** The address of the metrics server. Undefined: no metrics. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** The collector of traces, and whether the trace of an incoming request is continued. Undefined: no tracing. */
  readonly tracing:
    | { readonly url: string; readonly serviceName: string; readonly continuesTraces: boolean }
    | undefined;
  readonly stop: {
    /** How long requests are served after the signal to stop. */
    readonly drainSeconds: number;
    /** The maximum time from that signal until the process exits. */
    readonly deadlineSeconds: number;
  };
  readonly firstAdmin: { readonly username: string; readonly password: string | undefined };
}

/** Parses the environment, and reports every problem at once, by variable. @throws {ConfigError} */
export function parseConfig(environment: Environment): Config {
  const parsed = parseSettings(withoutEmpty(environment));
  if ('settings' in parsed) return toConfig(parsed.settings);
  throw new ConfigError(parsed.problems.map(({ name, message }) => `${name} ${message}`));
}

/** `NAME=` in a file of settings means that it is not set. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

function toConfig(settings: Settings): Config {
  return {
    isProduction: settings.NODE_ENV === 'production',
    host: settings.HOST,
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    databaseUrl: settings.DATABASE_URL,
    databaseDirectUrl: settings.DATABASE_DIRECT_URL,
    databaseReplica: toReplica(settings),
    events: toEventsServer(settings),
    databaseLimits: {
      maxConnections: settings.DATABASE_POOL_SIZE,
      connectTimeoutMs: settings.DATABASE_CONNECT_TIMEOUT_MS,
      // A statement must not outlive its operation.
      statementTimeoutMs: Math.min(
        settings.DATABASE_STATEMENT_TIMEOUT_MS,
        settings.OPERATION_TIMEOUT_MS,
      ),
      requestTimeoutMs: settings.DATABASE_REQUEST_TIMEOUT_MS,
    },
    dataDir: settings.DATA_DIR,
    mayCreateDatabase: settings.NODE_ENV !== 'production' || settings.DATABASE === 'embedded',
    migratesAtStart: settings.MIGRATE === 'on',
    reportsOnly: settings.AUTHORIZATION === 'report',
    introspection: settings.INTROSPECTION,
    signingKeys: {
      file: settings.SIGNING_KEYS ?? join(settings.DATA_DIR, 'signing-keys.json'),
      createIfMissing: settings.SIGNING_KEYS === undefined,
      jwksMaxAgeSeconds: settings.JWKS_MAX_AGE_SECONDS,
    },
    accessToken: {
      issuer: settings.TOKEN_ISSUER,
      audience: settings.TOKEN_AUDIENCE,
      lifetimeSeconds: settings.ACCESS_TOKEN_SECONDS,
    },
    sessionLifetimeSeconds: settings.SESSION_SECONDS,
    sessionIdleSeconds: settings.SESSION_IDLE_SECONDS,
    maxSessionsPerUser: settings.MAX_SESSIONS_PER_USER,
    refreshGraceSeconds: settings.REFRESH_GRACE_SECONDS,
    bcryptCost: settings.BCRYPT_COST,
    threadPoolSize: settings.UV_THREADPOOL_SIZE,
    loginLimits: {
      perAccount: settings.LOGIN_ATTEMPTS_PER_ACCOUNT,
      perAddress: settings.LOGIN_ATTEMPTS_PER_ADDRESS,
      windowSeconds: settings.LOGIN_WINDOW_SECONDS,
    },
    rateLimitRedis: toRateLimitRedis(settings),
    trustProxy: settings.TRUST_PROXY,
    sessionCookieSameSite: settings.SESSION_COOKIE_SAMESITE,
    allowedOrigins: settings.ALLOWED_ORIGINS ?? [],
    loadLimits: {
      maxConcurrentRequests: settings.MAX_CONCURRENT_REQUESTS,
      maxEventLoopDelayMs: settings.MAX_EVENT_LOOP_DELAY_MS,
    },
    socketLimits: {
      maxSockets: settings.MAX_SOCKETS,
      maxSocketsPerAddress: settings.MAX_SOCKETS_PER_ADDRESS,
      maxSocketsPerViewer: settings.MAX_SOCKETS_PER_VIEWER,
    },
    maxSubscriptionsPerViewer: settings.MAX_SUBSCRIPTIONS_PER_VIEWER,
    operationLimits: toOperationLimits(settings),
    minPasswordLength: settings.MIN_PASSWORD_LENGTH,
    metrics:
      settings.METRICS_PORT === undefined
        ? undefined
        : { host: settings.METRICS_HOST, port: settings.METRICS_PORT },
    tracing: toTracing(settings),
    stop: toStop(settings),
    firstAdmin: { username: settings.ADMIN_USERNAME, password: settings.ADMIN_PASSWORD },
  };
}

/** The general endpoint is a base URL, to which the path of traces is added (OpenTelemetry specification, OTLP exporter). */
function toTracing(settings: Settings): Config['tracing'] {
  const general = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url =
    settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ??
    (general === undefined ? undefined : `${general.replace(/\/$/, '')}/v1/traces`);
  const isDisabled = settings.OTEL_SDK_DISABLED.toLowerCase() === 'true';
  if (url === undefined || isDisabled) return undefined;
  const propagators = settings.OTEL_PROPAGATORS.split(',').map((each) => each.trim());
  const continuesTraces = propagators.includes('tracecontext');
  return { url, continuesTraces, serviceName: settings.OTEL_SERVICE_NAME };
}

const toReplica = (settings: Settings): Config['databaseReplica'] =>
  settings.DATABASE_REPLICA_URL === undefined
    ? undefined
    : { url: settings.DATABASE_REPLICA_URL, maxLagMs: settings.DATABASE_REPLICA_MAX_LAG_MS };

const toRateLimitRedis = (settings: Settings): Config['rateLimitRedis'] =>
  settings.RATE_LIMIT_URL === undefined
    ? undefined
    : { url: settings.RATE_LIMIT_URL, timeoutMs: settings.RATE_LIMIT_TIMEOUT_MS };

const productionDrainSeconds = 5;

function toStop({ NODE_ENV, DRAIN_SECONDS, STOP_SECONDS }: Settings): Config['stop'] {
  const usualSeconds = NODE_ENV === 'production' ? productionDrainSeconds : 0;
  return {
    drainSeconds: DRAIN_SECONDS ?? Math.min(usualSeconds, STOP_SECONDS - 1),
    deadlineSeconds: STOP_SECONDS,
  };
}
