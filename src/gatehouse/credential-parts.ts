import { randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { createAccessTokens } from '../authentication/access-token.ts';
import { createAuthenticate } from '../authentication/authenticate.ts';
import { createCheckCost } from '../authentication/check-cost.ts';
import { createHashQueue, toHashConcurrency } from '../authentication/hash-queue.ts';
import { loadSigningKeys } from '../authentication/keys/signing-keys-file.ts';
import { createPasswords } from '../authentication/password.ts';
import { tokenEndsAt } from '../authentication/token-expiry.ts';
import type { Config } from '../config/config.ts';
import type { DatabaseConnection } from '../database/connect.ts';
import { toClientError } from '../database/errors.ts';
import { pauseBudget } from '../database/time/request-budget.ts';
import { createApiClientIssuer } from '../identity/api-clients/api-client-issuer.ts';
import { createApiClientViewerLoader } from '../identity/api-clients/api-client-viewer-loader.ts';
import { createChangePassword } from '../identity/sessions/change-password.ts';
import { createIssueCredentials } from '../identity/sessions/issue-credentials.ts';
import { createLogin, createStartSession } from '../identity/sessions/login/login.ts';
import { createLoginAttempts } from '../identity/sessions/login/login-attempts.ts';
import { type LoginOutcome, observeLogin } from '../identity/sessions/login/observe-login.ts';
import { createOpenSession } from '../identity/sessions/open-session.ts';
import { createPasswordHashStore } from '../identity/sessions/password-hash.store.ts';
import { createRefresh } from '../identity/sessions/refresh.ts';
import { createRenewPasswordHash } from '../identity/sessions/renew-password-hash.ts';
import {
  createCookieViewerLoader,
  createViewerLoader,
} from '../identity/sessions/viewer-loader.ts';
import type { Stores } from '../identity/stores.ts';
import type { Logger } from '../observability/logger.ts';
import type { Project } from '../schema/project.ts';
import type { Groups } from '../values/groups.ts';
import { openLoginAttemptCounters } from './login-attempt-parts.ts';

export interface CredentialOptions {
  readonly config: Config;
  readonly project: Project;
  readonly connection: DatabaseConnection;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly stores: Stores;
  readonly groups: Groups;
  /** The groups of a user for whom none are given. */
  readonly newUserGroups: readonly string[];
  readonly onLoginOutcome: (outcome: LoginOutcome) => void;
}

/** Creates the parts that identify viewers: tokens, passwords, secrets. @throws {SigningKeysError} */
export async function createCredentialParts(options: CredentialOptions) {
  const { config, logger, now, stores, groups, newUserGroups } = options;
  const keys = await loadSigningKeys({
    ...config.signingKeys,
    lifetimeSeconds: config.accessToken.lifetimeSeconds,
    now,
    onChange: (kids) => logger.info({ kids }, 'the signing keys changed'),
    onProblem: (problem) =>
      logger.error({ err: problem }, 'the new signing keys are invalid; keeping the old ones'),
  });
  const { accessToken, minPasswordLength } = config;
  const accessTokens = createAccessTokens({ ...accessToken, keys, now, randomId: randomUUID });
  const passwordParts = await createPasswordParts(options);
  const { sessions, apiClients, audit } = stores;
  const dependencies = {
    sessions,
    audit,
    now,
    randomBytes,
    minPasswordLength,
    ...passwordParts,
    issueCredentials: createIssueCredentials(accessTokens, groups),
    sessionLifetimeSeconds: config.sessionLifetimeSeconds,
    graceSeconds: config.refreshGraceSeconds,
  };
  const login = { ...dependencies, groups, openSession: createOpenSession(dependencies) };
  const observation = { toClientError, onOutcome: options.onLoginOutcome };
  const onRecordError = (error: unknown) =>
    logger.warn({ err: error }, 'recording a last use failed');
  return {
    services: {
      login: observeLogin(createLogin(login), observation),
      startSession: observeLogin(createStartSession(login), observation),
      refresh: createRefresh(dependencies),
      changePassword: createChangePassword(dependencies),
      passwords: passwordParts.passwords,
      apiClientIssuer: createApiClientIssuer({ apiClients, now, randomBytes }),
      newUserRules: { minPasswordLength, groups, newUserGroups },
    },
    authenticate: createAuthenticate({
      accessTokens,
      loadViewer: createViewerLoader(sessions),
      loadCookieViewer: createCookieViewerLoader({
        sessions,
        now,
        onError: onRecordError,
        sessionIdleSeconds: config.sessionIdleSeconds,
      }),
      loadApiClient: createApiClientViewerLoader({ apiClients, now, onRecordError }),
    }),
    tokenEndsAt,
    publicJwks: () => keys.publicJwks,
    hashLoad: passwordParts.hashLoad,
    counterLoad: passwordParts.counters.load,
    closeCounters: passwordParts.counters.close,
  };
}

type HashingOptions = Pick<CredentialOptions, 'config' | 'connection' | 'now'>;

/** The hashing of passwords: at most as many at once as the machine's cores bear. */
export async function createHashing({ config, connection, now }: HashingOptions) {
  const { bcryptCost: cost, threadPoolSize } = config;
  const passwordHashes = createPasswordHashStore(connection);
  const { readCosts } = passwordHashes;
  const checkCost = createCheckCost({ cost, readCosts, now });
  const cores = availableParallelism();
  const concurrency = toHashConcurrency({ cores, threadPoolSize });
  const queue = createHashQueue({ concurrency, pauseBudget });
  const passwords = await createPasswords({ cost, checkCost, queue, pauseBudget });
  return { passwords, passwordHashes, hashLoad: queue.load };
}

/** Creates the parts that hash and verify passwords. */
async function createPasswordParts(options: CredentialOptions) {
  const { logger, stores } = options;
  const { passwords, passwordHashes, hashLoad } = await createHashing(options);
  const counters = await openLoginAttemptCounters(options);
  return {
    passwords,
    hashLoad,
    counters,
    attempts: createLoginAttempts({
      counters: counters.store,
      limits: options.config.loginLimits,
      passwords,
      audit: stores.audit,
      onForgiveError: (error) =>
        logger.warn({ err: error }, 'a correct password is still counted as a failed login'),
      delay: (delayMs) => setTimeout(delayMs, undefined, { ref: false }),
    }),
    renewPasswordHash: createRenewPasswordHash({
      passwords,
      passwordHashes,
      onRenewError: (error) =>
        logger.warn({ err: error }, 'renewing an outdated password hash failed'),
    }),
  };
}
