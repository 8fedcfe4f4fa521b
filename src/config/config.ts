import { join } from 'node:path';
import { z } from 'zod';
import { allowedOrigins } from './allowed-origins.ts';
import { type TrustProxy, trustProxy } from './trust-proxy.ts';

/** Environment variables as they arrive: `process.env`, or a table in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment does not describe a server. Lists every problem by variable, never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const day = 24 * 60 * 60;

const wholeNumber = (least: number, most: number, fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`))
    .default(fallback);

const text = (fallback: string) => z.string().min(1, 'must not be empty').default(fallback);

const environmentSchema = z
  .object({
    NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
    HOST: text('127.0.0.1'),
    PORT: wholeNumber(0, 65_535, 4000),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info'),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
      .optional(),
    DATA_DIR: text('data'),
    AUTHORIZATION: z.enum(['enforce', 'report']).default('enforce'),
    AUTHORIZATION_REPORT_IN_PRODUCTION: z.enum(['yes', 'no']).default('no'),
    INTROSPECTION: z.enum(['viewer', 'full', 'off']).default('viewer'),
    MIGRATE: z.enum(['on', 'off']).default('on'),
    SIGNING_KEYS: z.string().min(1, 'must not be empty').optional(),
    TOKEN_ISSUER: text('gatehouse'),
    TOKEN_AUDIENCE: text('gatehouse'),
    ACCESS_TOKEN_SECONDS: wholeNumber(1, day, 600),
    JWKS_MAX_AGE_SECONDS: wholeNumber(1, day, 300),
    SESSION_SECONDS: wholeNumber(60, 365 * day, 30 * day),
    SESSION_IDLE_SECONDS: wholeNumber(60, 365 * day, 7 * day),
    REFRESH_GRACE_SECONDS: wholeNumber(0, 60, 10),
    BCRYPT_COST: wholeNumber(4, 18, 12),
    UV_THREADPOOL_SIZE: wholeNumber(1, 1024, 4),
    LOGIN_ATTEMPTS_PER_ACCOUNT: wholeNumber(1, 1_000_000, 10),
    LOGIN_ATTEMPTS_PER_ADDRESS: wholeNumber(1, 1_000_000, 100),
    LOGIN_WINDOW_SECONDS: wholeNumber(1, day, 15 * 60),
    TRUST_PROXY: trustProxy.optional(),
    ALLOWED_ORIGINS: allowedOrigins.optional(),
    MAX_SOCKETS: wholeNumber(0, 1_000_000, 5_000),
    MAX_SOCKETS_PER_ADDRESS: wholeNumber(0, 1_000_000, 500),
    MAX_SOCKETS_PER_VIEWER: wholeNumber(0, 1_000_000, 100),
    MIN_PASSWORD_LENGTH: wholeNumber(8, 64, 15),
    ADMIN_USERNAME: text('admin'),
    ADMIN_PASSWORD: z.string().optional(),
  })
  .superRefine((settings, context) => {
    const isProduction = settings.NODE_ENV === 'production';
    if (
      isProduction &&
      settings.DATABASE_URL !== undefined &&
      settings.SIGNING_KEYS === undefined
    ) {
      const message =
        'is required in production with DATABASE_URL: a file with a JSON Web Key Set that all nodes share';
      context.addIssue({ code: 'custom', path: ['SIGNING_KEYS'], message });
    }
    const isConfirmed = settings.AUTHORIZATION_REPORT_IN_PRODUCTION === 'yes';
    if (isProduction && settings.AUTHORIZATION === 'report' && !isConfirmed) {
      const message =
        'refuses no one: in production report needs AUTHORIZATION_REPORT_IN_PRODUCTION=yes as well';
      context.addIssue({ code: 'custom', path: ['AUTHORIZATION'], message });
    }
    if (isProduction && settings.BCRYPT_COST < 10) {
      const message = 'must be at least 10 in production';
      context.addIssue({ code: 'custom', path: ['BCRYPT_COST'], message });
    }
  });

type Settings = z.infer<typeof environmentSchema>;

/** All settings of a process, each with its unit in its name. */
export interface Config {
  readonly isProduction: boolean;
  readonly host: string;
  readonly port: number;
  readonly logLevel: Settings['LOG_LEVEL'];
  /** PostgreSQL, or undefined: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly migratesAtStart: boolean;
  /** A dry run: nothing is refused, and every refusal that would have been is logged. */
  readonly reportsOnly: boolean;
  /** What introspection shows: what the viewer can reach, everything, or nothing. */
  readonly introspection: Settings['INTROSPECTION'];
  readonly signingKeys: {
    readonly file: string;
    readonly createIfMissing: boolean;
    /** How long others may keep the public keys that they have read. */
    readonly jwksMaxAgeSeconds: number;
  };
  readonly accessToken: {
    readonly issuer: string;
    readonly audience: string;
    readonly lifetimeSeconds: number;
  };
  /** From the login on, however much a session is used. */
  readonly sessionLifetimeSeconds: number;
  /** From the last refresh on. */
  readonly sessionIdleSeconds: number;
  readonly refreshGraceSeconds: number;
  readonly bcryptCost: number;
  /** How many threads libuv has in this process. It reads the variable itself. */
  readonly threadPoolSize: number;
  /** How many attempts may fail in a window, which begins with the first of them. */
  readonly loginLimits: {
    readonly perAccount: number;
    readonly perAddress: number;
    readonly windowSeconds: number;
  };
  /** Whose `X-Forwarded-For` is believed; undefined: nobody's. */
  readonly trustProxy: TrustProxy | undefined;
  /** Whose pages may use the API from a browser, beside those of this server. */
  readonly allowedOrigins: readonly string[];
  readonly socketLimits: {
    readonly maxSockets: number;
    readonly maxSocketsPerAddress: number;
    readonly maxSocketsPerViewer: number;
  };
  readonly minPasswordLength: number;
  readonly firstAdmin: { readonly username: string; readonly password: string | undefined };
}

/** Parses the environment, and reports every problem at once, by variable. @throws {ConfigError} */
export function parseConfig(environment: Environment): Config {
  const parsed = environmentSchema.safeParse(withoutEmpty(environment));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(toProblem));
  return toConfig(parsed.data);
}

/** `NAME=` in a file of settings means that it is not set. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

function toProblem({ path, message, code }: z.core.$ZodIssue): string {
  // zod's own texts about enums name the choices, and its other texts never hold the value.
  return `${path.join('.')} ${code === 'invalid_value' ? `is not a choice: ${message}` : message}`;
}

function toConfig(settings: Settings): Config {
  return {
    isProduction: settings.NODE_ENV === 'production',
    host: settings.HOST,
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    databaseUrl: settings.DATABASE_URL,
    dataDir: settings.DATA_DIR,
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
    refreshGraceSeconds: settings.REFRESH_GRACE_SECONDS,
    bcryptCost: settings.BCRYPT_COST,
    threadPoolSize: settings.UV_THREADPOOL_SIZE,
    loginLimits: {
      perAccount: settings.LOGIN_ATTEMPTS_PER_ACCOUNT,
      perAddress: settings.LOGIN_ATTEMPTS_PER_ADDRESS,
      windowSeconds: settings.LOGIN_WINDOW_SECONDS,
    },
    trustProxy: settings.TRUST_PROXY,
    allowedOrigins: settings.ALLOWED_ORIGINS ?? [],
    socketLimits: {
      maxSockets: settings.MAX_SOCKETS,
      maxSocketsPerAddress: settings.MAX_SOCKETS_PER_ADDRESS,
      maxSocketsPerViewer: settings.MAX_SOCKETS_PER_VIEWER,
    },
    minPasswordLength: settings.MIN_PASSWORD_LENGTH,
    firstAdmin: { username: settings.ADMIN_USERNAME, password: settings.ADMIN_PASSWORD },
  };
}
