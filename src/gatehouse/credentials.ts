import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createAccessTokens } from '../authentication/access-token.ts';
import { loadSigningKeys } from '../authentication/keys/signing-keys-file.ts';
import { createPasswordHashing } from '../authentication/password-hashing.ts';
import { pauseBudget } from '../database/time/request-budget.ts';
import { createLoginAttemptStore } from '../identity/sessions/login/login-attempts.store.ts';
import { createPasswordHashStore } from '../identity/sessions/password-hash.store.ts';
import { factorTableOf, openLoginAttempts } from '../schema/packages/package-calls.ts';
import { clock, options, project } from './app-inputs.ts';
import { part } from './part.ts';

export const signingKeys = part('signing keys', (get) => {
  const { config, logger } = get(options);
  return loadSigningKeys({
    ...config.signingKeys,
    lifetimeSeconds: config.accessToken.lifetimeSeconds,
    now: get(clock),
    onChange: (kids) => logger.info({ kids }, 'the signing keys changed'),
    onProblem: (problem) =>
      logger.error({ err: problem }, 'the new signing keys are invalid; keeping the old ones'),
  });
});

export const factorTable = part('kinds of factors', (get) => factorTableOf(get(project)));

export const accessTokens = part('access tokens', async (get) =>
  createAccessTokens({
    ...get(options).config.accessToken,
    keys: await get(signingKeys),
    factors: get(factorTable),
    now: get(clock),
    randomId: randomUUID,
  }),
);

export const hashing = part('password hashing', async (get) => {
  const { config, connection } = get(options);
  const { bcryptCost: cost, threadPoolSize } = config;
  const passwordHashes = createPasswordHashStore(connection);
  const { readCosts } = passwordHashes;
  const machine = { threadPoolSize, cores: availableParallelism(), now: get(clock) };
  const hashing = await createPasswordHashing({ cost, readCosts, ...machine, pauseBudget });
  return { passwordHashes, ...hashing };
});

/** The counters of failed logins: those of a package if it brings some, or the table. */
export const loginCounters = part(
  'login counters',
  async (get) => {
    const { config, connection } = get(options);
    const { loginLimits: limits } = config;
    // The system's clock: the library that counts in the table reads it too.
    const now = () => new Date();
    const store = createLoginAttemptStore({ database: connection.database, limits, now });
    const table = { store, windowSeconds: limits.windowSeconds };
    const opened = await openLoginAttempts(get(options), table);
    return opened ?? { store, load: () => ({}), close: async () => {} };
  },
  ({ close }) => close(),
);
