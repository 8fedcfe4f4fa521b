import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { operations } from '@graphql-gatehouse/operations';
import { describe, expect, it } from 'vitest';
import { ConfigError, type Environment, parseConfig } from '../../src/config/config.ts';
import { describeEverySetting, printExample } from '../../src/config/describe-settings.ts';

import { roomsProject } from '../support/rooms-project.ts';

const databaseUrl = 'postgresql://gatehouse:heron-secret-71@db.example.com:5432/gatehouse';

/** The problems that are reported of an environment; none when it can be used. */
function problemsOf(environment: Environment): readonly string[] {
  try {
    parseConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the settings', () => {
  it('have a default each, for a server on this machine', () => {
    expect(parseConfig({})).toEqual({
      isProduction: false,
      host: '127.0.0.1',
      port: 4000,
      logLevel: 'info',
      databaseUrl: undefined,
      databaseLimits: {
        maxConnections: 10,
        connectTimeoutMs: 2_000,
        statementTimeoutMs: 2_000,
        requestTimeoutMs: 2_500,
      },
      dataDir: 'data',
      mayCreateDatabase: true,
      migratesAtStart: true,
      reportsOnly: false,
      mayReportInProduction: false,
      introspection: 'viewer',
      signingKeys: {
        file: 'data/signing-keys.json',
        createIfMissing: true,
        jwksMaxAgeSeconds: 300,
      },
      accessToken: {
        issuer: 'gatehouse',
        audience: 'gatehouse',
        lifetimeSeconds: 600,
        scope: 'off',
      },
      sessionLifetimeSeconds: 2_592_000,
      sessionIdleSeconds: 604_800,
      maxSessionsPerUser: 100,
      refreshGraceSeconds: 10,
      sessionCookieSameSite: 'strict',
      bcryptCost: 12,
      threadPoolSize: 4,
      loginLimits: { perAccount: 10, perAddress: 100, windowSeconds: 900 },
      trustProxy: undefined,
      allowedOrigins: [],
      accessHistoryDays: 2_555,
      origins: [],
      loadLimits: { maxConcurrentRequests: 400, maxEventLoopDelayMs: 250 },
      socketLimits: { maxSockets: 5000, maxSocketsPerAddress: 500, maxSocketsPerViewer: 100 },
      maxSubscriptionsPerViewer: 200,
      answerLimits: { maxAnswerValues: 100_000, maxAnswerCharacters: 10_000_000 },
      operationLimits: {
        timeoutMs: 10_000,
        maxBodyBytes: 100_000,
        maxTokens: 1000,
        maxDepth: 10,
        maxIntrospectionDepth: 15,
        maxAliases: 15,
        maxRootFields: 10,
        maxSelections: 1000,
        maxDirectives: 50,
        maxDirectivesAtOnePlace: 4,
        maxVariables: 50,
        maxVariableValues: 1000,
        maxVariableDepth: 10,
        maxErrors: 10,
        maxCost: { anonymous: 1000, user: 10_000, apiClient: 20_000 },
      },
      passwordSettings: { minLength: 15, words: [] },
      metrics: undefined,
      tracing: undefined,
      stop: { drainSeconds: 0, deadlineSeconds: 20 },
      firstAdmin: { username: 'admin', password: undefined },
      ofPackages: {},
    });
  });

  it('are each read from the variable of their name', () => {
    const config = parseConfig({
      NODE_ENV: 'production',
      HOST: '0.0.0.0',
      PORT: '8080',
      LOG_LEVEL: 'warn',
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_SIZE: '20',
      DATABASE_CONNECT_TIMEOUT_MS: '500',
      DATABASE_STATEMENT_TIMEOUT_MS: '700',
      DATABASE_REQUEST_TIMEOUT_MS: '900',
      DATABASE: 'embedded',
      DATA_DIR: '/var/lib/gatehouse',
      AUTHORIZATION: 'report',
      AUTHORIZATION_REPORT_IN_PRODUCTION: 'yes',
      INTROSPECTION: 'off',
      MIGRATE: 'off',
      SIGNING_KEYS: '/run/secrets/keys.json',
      TOKEN_ISSUER: 'https://id.example.com',
      TOKEN_AUDIENCE: 'https://api.example.com',
      ACCESS_TOKEN_SECONDS: '300',
      TOKEN_SCOPE: 'groups',
      JWKS_MAX_AGE_SECONDS: '120',
      SESSION_SECONDS: '3600',
      SESSION_IDLE_SECONDS: '1800',
      MAX_SESSIONS_PER_USER: '7',
      REFRESH_GRACE_SECONDS: '0',
      SESSION_COOKIE_SAMESITE: 'lax',
      BCRYPT_COST: '13',
      UV_THREADPOOL_SIZE: '18',
      LOGIN_ATTEMPTS_PER_ACCOUNT: '5',
      LOGIN_ATTEMPTS_PER_ADDRESS: '50',
      LOGIN_WINDOW_SECONDS: '1800',
      TRUST_PROXY: '10.0.0.5, 10.1.0.0/16,::1',
      ALLOWED_ORIGINS: 'https://app.example.com, http://localhost:5173',
      ACCESS_HISTORY_DAYS: '400',
      MAX_CONCURRENT_REQUESTS: '40',
      MAX_EVENT_LOOP_DELAY_MS: '500',
      MAX_SOCKETS: '3',
      MAX_SOCKETS_PER_ADDRESS: '2',
      MAX_SOCKETS_PER_VIEWER: '1',
      MAX_SUBSCRIPTIONS_PER_VIEWER: '4',
      MAX_ANSWER_VALUES: '5000',
      MAX_ANSWER_CHARACTERS: '70000',
      OPERATION_TIMEOUT_MS: '5000',
      MAX_BODY_BYTES: '2000',
      MAX_TOKENS: '500',
      MAX_DEPTH: '7',
      MAX_INTROSPECTION_DEPTH: '16',
      MAX_ALIASES: '6',
      MAX_ROOT_FIELDS: '5',
      MAX_SELECTIONS: '400',
      MAX_DIRECTIVES: '30',
      MAX_DIRECTIVES_AT_ONE_PLACE: '3',
      MAX_VARIABLES: '20',
      MAX_VARIABLE_VALUES: '200',
      MAX_VARIABLE_DEPTH: '4',
      MAX_ERRORS: '2',
      MAX_COST_ANONYMOUS: '11',
      MAX_COST_USER: '12',
      MAX_COST_API_CLIENT: '13',
      MIN_PASSWORD_LENGTH: '20',
      PASSWORD_WORDS: 'Acme, Falcon 9',
      METRICS_HOST: '0.0.0.0',
      METRICS_PORT: '9464',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
      OTEL_SERVICE_NAME: 'doors',
      OTEL_PROPAGATORS: 'none',
      DRAIN_SECONDS: '15',
      STOP_SECONDS: '25',
      ADMIN_USERNAME: 'olga',
      ADMIN_PASSWORD: 'plum-kettle-orbit-58-fern',
    });
    expect(config).toEqual({
      isProduction: true,
      host: '0.0.0.0',
      port: 8080,
      logLevel: 'warn',
      databaseUrl,
      databaseLimits: {
        maxConnections: 20,
        connectTimeoutMs: 500,
        statementTimeoutMs: 700,
        requestTimeoutMs: 900,
      },
      dataDir: '/var/lib/gatehouse',
      mayCreateDatabase: true,
      migratesAtStart: false,
      reportsOnly: true,
      mayReportInProduction: true,
      introspection: 'off',
      signingKeys: {
        file: '/run/secrets/keys.json',
        createIfMissing: false,
        jwksMaxAgeSeconds: 120,
      },
      accessToken: {
        issuer: 'https://id.example.com',
        audience: 'https://api.example.com',
        lifetimeSeconds: 300,
        scope: 'groups',
      },
      sessionLifetimeSeconds: 3600,
      sessionIdleSeconds: 1800,
      maxSessionsPerUser: 7,
      refreshGraceSeconds: 0,
      sessionCookieSameSite: 'lax',
      bcryptCost: 13,
      threadPoolSize: 18,
      loginLimits: { perAccount: 5, perAddress: 50, windowSeconds: 1800 },
      trustProxy: ['10.0.0.5', '10.1.0.0/16', '::1'],
      allowedOrigins: ['https://app.example.com', 'http://localhost:5173'],
      accessHistoryDays: 400,
      // With that of TOKEN_ISSUER.
      origins: ['https://app.example.com', 'http://localhost:5173', 'https://id.example.com'],
      loadLimits: { maxConcurrentRequests: 40, maxEventLoopDelayMs: 500 },
      maxSubscriptionsPerViewer: 4,
      socketLimits: { maxSockets: 3, maxSocketsPerAddress: 2, maxSocketsPerViewer: 1 },
      answerLimits: { maxAnswerValues: 5_000, maxAnswerCharacters: 70_000 },
      operationLimits: {
        timeoutMs: 5000,
        maxBodyBytes: 2000,
        maxTokens: 500,
        maxDepth: 7,
        maxIntrospectionDepth: 16,
        maxAliases: 6,
        maxRootFields: 5,
        maxSelections: 400,
        maxDirectives: 30,
        maxDirectivesAtOnePlace: 3,
        maxVariables: 20,
        maxVariableValues: 200,
        maxVariableDepth: 4,
        maxErrors: 2,
        maxCost: { anonymous: 11, user: 12, apiClient: 13 },
      },
      passwordSettings: { minLength: 20, words: ['acme', 'falcon 9'] },
      metrics: { host: '0.0.0.0', port: 9464 },
      tracing: {
        url: 'http://collector:4318/v1/traces',
        serviceName: 'doors',
        continuesTraces: false,
      },
      stop: { drainSeconds: 15, deadlineSeconds: 25 },
      firstAdmin: { username: 'olga', password: 'plum-kettle-orbit-58-fern' },
      ofPackages: {},
    });
  });

  it('take an empty text for one that is not set', () => {
    const names = describeEverySetting().map(({ name }) => name);
    expect(names).toContain('PORT');
    expect(parseConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(
      parseConfig({}),
    );
  });

  it('of a package stop a start whose configuration lacks it, with the line to add', () => {
    const environment = { OPERATIONS: 'known', OPERATIONS_FREE: '' };
    expect(() => parseConfig(environment, [])).toThrow(
      'OPERATIONS needs a package: add operations() of @graphql-gatehouse/operations to `packages`',
    );
    expect(parseConfig(environment, [operations()]).ofPackages).toMatchObject({
      OPERATIONS: 'known',
      OPERATIONS_PATH: 'operations',
      OPERATIONS_FREE: [],
    });
    expect(() => parseConfig(environment)).not.toThrow();
    for (const [name, value] of [
      ['ACCESS_COUNTS', 'off'],
      ['AUDIT_READS_DAYS', '30'],
    ] as const) {
      expect(() => parseConfig({ [name]: value }, [operations()])).toThrow(
        `${name} needs a package: add rights() of @graphql-gatehouse/rights to \`packages\``,
      );
    }
  });

  it('leave alone what is not theirs', () => {
    expect(problemsOf({ PATH: '/usr/bin', PORTS: 'none' })).toEqual([]);
  });
});

describe('the bounds of a setting', () => {
  it.each([
    ['PORT', 0, 65_535],
    ['ACCESS_TOKEN_SECONDS', 1, 86_400],
    ['JWKS_MAX_AGE_SECONDS', 1, 86_400],
    ['SESSION_SECONDS', 60, 31_536_000],
    ['MAX_SESSIONS_PER_USER', 1, 10_000],
    ['BCRYPT_COST', 4, 18],
    ['UV_THREADPOOL_SIZE', 1, 1024],
    ['LOGIN_ATTEMPTS_PER_ACCOUNT', 1, 1_000_000],
    ['LOGIN_ATTEMPTS_PER_ADDRESS', 1, 1_000_000],
    ['LOGIN_WINDOW_SECONDS', 1, 86_400],
    ['MIN_PASSWORD_LENGTH', 8, 64],
    ['METRICS_PORT', 0, 65_535],
    ['STOP_SECONDS', 1, 3600],
    ['MAX_SOCKETS', 0, 1_000_000],
    ['MAX_SOCKETS_PER_ADDRESS', 0, 1_000_000],
    ['MAX_SOCKETS_PER_VIEWER', 0, 1_000_000],
    ['MAX_SUBSCRIPTIONS_PER_VIEWER', 0, 1_000_000],
    ['MAX_ANSWER_VALUES', 100, 10_000_000],
    ['MAX_ANSWER_CHARACTERS', 1_000, 1_000_000_000],
    ['OPERATION_TIMEOUT_MS', 100, 600_000],
    ['MAX_BODY_BYTES', 1_000, 10_000_000],
    ['MAX_TOKENS', 100, 100_000],
    ['MAX_DEPTH', 1, 100],
    ['MAX_INTROSPECTION_DEPTH', 1, 100],
    ['MAX_ALIASES', 0, 1_000],
    ['MAX_ROOT_FIELDS', 1, 1_000],
    ['MAX_SELECTIONS', 1, 10_000],
    ['MAX_DIRECTIVES', 0, 1_000],
    ['MAX_DIRECTIVES_AT_ONE_PLACE', 0, 100],
    ['MAX_VARIABLES', 0, 1_000],
    ['MAX_VARIABLE_VALUES', 0, 100_000],
    ['MAX_VARIABLE_DEPTH', 0, 100],
    ['MAX_ERRORS', 1, 100],
    ['MAX_COST_ANONYMOUS', 1, 10_000_000],
    ['MAX_COST_USER', 1, 10_000_000],
    ['MAX_COST_API_CLIENT', 1, 10_000_000],
  ])('%s is a whole number from %d to %d', (name, least, most) => {
    expect(problemsOf({ [name]: `${least}` })).toEqual([]);
    expect(problemsOf({ [name]: `${most}` })).toEqual([]);
    expect(problemsOf({ [name]: `${most + 1}` })).toEqual([`${name} must be at most ${most}`]);
    if (least > 0) {
      const tooLittle = problemsOf({ [name]: `${least - 1}` });
      expect(tooLittle).toEqual([`${name} must be at least ${least}`]);
    }
    expect(problemsOf({ [name]: '-1' })).toEqual([`${name} must be at least ${least}`]);
    for (const wrong of ['ten', '1.5', '1e3', ' 12', '0x10', '9'.repeat(400)]) {
      expect(problemsOf({ [name]: wrong })).toEqual([expect.stringMatching(`^${name} `)]);
    }
  });

  it.each([
    ['NODE_ENV', 'staging'],
    ['NODE_ENV', 'Production'],
    ['LOG_LEVEL', 'verbose'],
    ['MIGRATE', 'false'],
    ['AUTHORIZATION', 'off'],
    ['AUTHORIZATION_REPORT_IN_PRODUCTION', 'true'],
    ['INTROSPECTION', 'always'],
    ['DATABASE_URL', 'mysql://db.example.com/gatehouse'],
    ['DATABASE_URL', 'db.example.com'],
    ['DATABASE_URL', 'postgresql://u:pa/ss@h/x'],
    ['DATABASE_URL', 'postgresql://u:pa?ss@h/x'],
    ['DATABASE_URL', 'postgresql://u:pa#ss@h/x'],
    ['DATABASE_URL', 'postgresql://u:pa%ss@h/x'],
    ['DATABASE_URL', 'postgresql://u:12/ss@h/x'],
    ['DATABASE_URL', 'postgresql://u:12?ss@h/x'],
    ['DATABASE_URL', 'postgresql://u:p@/x@h/db'],
    ['DATABASE_URL', 'postgresql://u:12#ss@h/x'],
    ['PASSWORD_WORDS', 'acme,,falcon'],
    ['PASSWORD_WORDS', 'x'],
    ['PASSWORD_WORDS', 'acme'.repeat(9)],
    ['PASSWORD_WORDS', `${'acme,'.repeat(100)}falcon`],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'app.example.com'],
    ['ALLOWED_ORIGINS', 'https://app.example.com/'],
    ['ALLOWED_ORIGINS', 'https://App.example.com'],
    ['ALLOWED_ORIGINS', 'https://app.example.com:443'],
    ['ALLOWED_ORIGINS', 'https://app.example.com,,http://localhost'],
    ['ALLOWED_ORIGINS', 'null'],
    ['ALLOWED_ORIGINS', 'https://*.example.org'],
    ['ALLOWED_ORIGINS', 'https://*'],
    ['ALLOWED_ORIGINS', 'https://app.example.com, https://*.example.org'],
    ['ALLOWED_ORIGINS', 'https://a+b.example.org'],
    ['ALLOWED_ORIGINS', 'https://app.example.com/graphql'],
    ['ALLOWED_ORIGINS', 'https://user@app.example.com'],
    ['ALLOWED_ORIGINS', 'chrome-extension://abcdefghijklmnop'],
    ['ALLOWED_ORIGINS', 'file:///tmp'],
  ])('refuses %s=%s, and does not repeat the value', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toEqual([expect.stringMatching(`^${name} `)]);
    expect(problems.join()).not.toContain(value);
  });

  it.each([
    ['postgres://db.example.com/gatehouse'],
    ['postgresql://db.example.com/gatehouse'],
    ['postgresql://u:pa%2Fss@db.example.com/gatehouse'],
    ['postgresql://u:p@ss@db.example.com/gatehouse'],
    ['postgresql://u:p@/gatehouse?host=/run/postgresql'],
    ['postgresql:///gatehouse?host=/run/postgresql'],
    ['postgresql://%2Frun%2Fpostgresql/gatehouse'],
  ])('takes %s for a database', (url) => {
    expect(parseConfig({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  it('names the choices there are', () => {
    expect(problemsOf({ INTROSPECTION: 'x' })).toEqual([
      'INTROSPECTION must be one of viewer, full, off',
    ]);
  });

  it('reports settings that exclude each other beside other errors', () => {
    const names = (environment: Environment) =>
      problemsOf(environment).map((problem) => problem.split(' ')[0]);
    expect(names({ INTROSPECTION: 'x', DRAIN_SECONDS: '30' })).toEqual([
      'INTROSPECTION',
      'STOP_SECONDS',
    ]);
    // Its default is not held against another setting when it is wrong itself.
    expect(names({ STOP_SECONDS: 'x', DRAIN_SECONDS: '30' })).toEqual(['STOP_SECONDS']);
    const production = {
      NODE_ENV: 'production',
      MIGRATE: 'maybe',
      DATABASE_URL: 'mysql://db',
      AUTHORIZATION: 'report',
      BCRYPT_COST: '4',
    };
    expect(names(production)).toEqual([
      'DATABASE_URL',
      'MIGRATE',
      'SIGNING_KEYS',
      'AUTHORIZATION',
      'BCRYPT_COST',
    ]);
  });

  it('reports every wrong setting at once, one a line', () => {
    const wrong = { PORT: 'http', LOG_LEVEL: 'loud', SESSION_SECONDS: '5', MIGRATE: 'maybe' };
    const problems = problemsOf(wrong);
    const names = problems.map((problem) => problem.split(' ')[0]);
    expect(names).toEqual(['PORT', 'LOG_LEVEL', 'MIGRATE', 'SESSION_SECONDS']);
    expect(() => parseConfig(wrong)).toThrow(`Invalid settings:\n  ${problems.join('\n  ')}`);
  });
});

describe('a secret', () => {
  it.each([
    {
      secret: 'the password of a database address that is wrong',
      environment: { DATABASE_URL: 'mysql://gatehouse:heron-secret-71@db.example.com/gatehouse' },
    },
    {
      secret: 'the password of a database address, beside another mistake',
      environment: { DATABASE_URL: databaseUrl, PORT: 'http' },
    },
    {
      secret: 'the password of the first admin',
      environment: { ADMIN_PASSWORD: 'heron-secret-71', PORT: 'http', MIGRATE: 'maybe' },
    },
  ])('is in no message: $secret', ({ environment }) => {
    expect(() => parseConfig(environment)).toThrow(ConfigError);
    expect(problemsOf(environment).join('\n')).not.toContain('heron-secret-71');
  });
});

describe('traces', () => {
  const general = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
  const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.com/in' };

  it.each([
    [general, 'http://collector:4318/v1/traces'],
    [own, 'https://traces.example.com/in'],
    [{ ...general, ...own }, 'https://traces.example.com/in'],
    [{ ...general, OTEL_SDK_DISABLED: 'true' }, undefined],
    [{ ...general, OTEL_SDK_DISABLED: '1' }, 'http://collector:4318/v1/traces'],
  ])('with %j go to %s', (environment, url) => {
    expect(parseConfig(environment).tracing?.url).toBe(url);
  });
});

describe('the trace that a request comes with', () => {
  it.each([
    [undefined, true],
    ['tracecontext', true],
    ['baggage, tracecontext', true],
    ['b3', false],
    ['none', false],
  ])('is taken up, with OTEL_PROPAGATORS=%s: %s', (propagators, expected) => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      ...(propagators === undefined ? {} : { OTEL_PROPAGATORS: propagators }),
    };
    expect(parseConfig(environment).tracing?.continuesTraces).toBe(expected);
  });
});

describe('a stop', () => {
  it.each([
    [{ NODE_ENV: 'production' }, { drainSeconds: 5, deadlineSeconds: 20 }],
    [
      { NODE_ENV: 'production', STOP_SECONDS: '3' },
      { drainSeconds: 2, deadlineSeconds: 3 },
    ],
    [{ DRAIN_SECONDS: '7' }, { drainSeconds: 7, deadlineSeconds: 20 }],
    [{}, { drainSeconds: 0, deadlineSeconds: 20 }],
  ])('with %j is %j', (environment, stop) => {
    expect(parseConfig(environment).stop).toEqual(stop);
  });

  it('must leave time to finish after draining', () => {
    expect(problemsOf({ DRAIN_SECONDS: '20' })).toEqual([
      'STOP_SECONDS must be greater than DRAIN_SECONDS',
    ]);
  });
});

describe('production', () => {
  it('needs the signing keys in a file that all nodes share, with a database that they share', () => {
    const environment = { NODE_ENV: 'production', DATABASE_URL: databaseUrl };
    expect(problemsOf(environment)).toEqual([
      expect.stringMatching(/^SIGNING_KEYS is required in production with DATABASE_URL/),
    ]);
    expect(problemsOf({ ...environment, SIGNING_KEYS: 'keys.json' })).toEqual([]);
  });

  it.each([
    ['the embedded database', { NODE_ENV: 'production' }],
    ['PostgreSQL in development', { NODE_ENV: 'development', DATABASE_URL: databaseUrl }],
  ])('lets the keys be made for %s', (_title, environment) => {
    expect(parseConfig(environment).signingKeys.createIfMissing).toBe(true);
  });

  it.each([
    ['9', ['BCRYPT_COST must be at least 10 in production']],
    ['10', []],
  ])('answers BCRYPT_COST=%s with the problems %j', (cost, problems) => {
    expect(problemsOf({ NODE_ENV: 'production', BCRYPT_COST: cost })).toEqual(problems);
    expect(problemsOf({ NODE_ENV: 'development', BCRYPT_COST: cost })).toEqual([]);
  });

  it('refuses to refuse no one, unless a second setting confirms it', () => {
    const environment = { NODE_ENV: 'production', AUTHORIZATION: 'report' };
    const problem = /^AUTHORIZATION .*requires AUTHORIZATION_REPORT_IN_PRODUCTION=yes/;
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)]);
    expect(problemsOf({ ...environment, AUTHORIZATION_REPORT_IN_PRODUCTION: 'yes' })).toEqual([]);
    expect(problemsOf({ ...environment, NODE_ENV: 'development' })).toEqual([]);
  });

  it('reports what is wrong for it together with what is wrong anyway', () => {
    const environment = { NODE_ENV: 'production', DATABASE_URL: databaseUrl, PORT: 'http' };
    expect(problemsOf(environment).map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'SIGNING_KEYS',
    ]);
  });
});

const readText = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the file .env.example', () => {
  const example = () => readText('../../.env.example');
  /** Of the demo. */
  const { packages = [] } = roomsProject.config;

  it('has every setting, under its meaning', () => {
    expect(example()).toBe(`${printExample(packages)}\n`);
    const names = describeEverySetting(packages).map(({ name }) => name);
    expect(Object.keys(parseEnv(example())).toSorted()).toEqual(names.toSorted());
  });

  it('gives each its default', () => {
    expect(parseConfig(parseEnv(example()), packages)).toEqual(parseConfig({}, packages));
  });
});
