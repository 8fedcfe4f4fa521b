import { tokenEndsAt } from '../authentication/token-expiry.ts';
import { createRequestBudget } from '../database/time/request-budget.ts';
import { retryUntilAvailable } from '../database/time/retry-until-available.ts';
import { createRequestCookies } from '../doors/request/request-cookies.ts';
import { batchMemberships } from '../identity/users/batch-memberships.ts';
import { withoutRedaction } from '../observability/logger.ts';
import { createOperationLog } from '../operation/answer/log-operation.ts';
import { createOperations } from '../operation/run.ts';
import { createPricing } from '../schema/pricing.ts';
import { signingKeys } from './credentials.ts';
import { clock, options } from './given.ts';
import { openOperationGate, prepareOperations } from './known-operations.ts';
import { part } from './part.ts';
import {
  accessCounter,
  authenticate,
  authorization,
  contexts,
  countAccess,
  events,
  identity,
  schema,
  stores,
} from './parts.ts';

const budget = part('request budget', (get) => {
  const { config, connection } = get(options);
  const { requestTimeoutMs: totalMs } = config.databaseLimits;
  return createRequestBudget(connection, { totalMs, deadlineMs: config.operationLimits.timeoutMs });
});

/** Decides which operations are read, and counts their uses. */
export const operationGate = part(
  'gate of operations',
  (get) =>
    openOperationGate({
      ...get(options),
      groups: get(schema).groups,
      record: get(stores).operationUses.record,
      now: get(clock),
    }),
  ({ stop }) => stop(),
);

const operations = part('operations', async (get) => {
  const { config, logger, tracing, counts } = get(options);
  const log = createOperationLog(withoutRedaction(logger));
  get(countAccess);
  const gateParts = await get(operationGate);
  const created = createOperations({
    gate: gateParts.gate,
    ...get(schema).errors,
    authorization: get(authorization),
    limits: config.operationLimits,
    hidesSchema: config.introspection !== 'full',
    onUses: get(accessCounter)?.count,
    onOperation(record) {
      log(record);
      counts?.countOperation?.(record);
      tracing?.describe(record);
    },
    logger,
    pricing: createPricing(get(schema).domains),
    // A connection that breaks while an event is answered does not end the subscription.
    withinBudget: (work) =>
      get(budget).withinBudget((deadline) =>
        retryUntilAvailable(() => work(deadline), {
          signal: deadline.signal(),
          onUnavailable: () => {},
        }),
      ),
    elapsedMs: () => performance.now(),
  });
  await prepareOperations(created, gateParts, logger);
  return created;
});

/** What every door gets. */
export const doorParts = part('door parts', async (get) => {
  const { config, logger } = get(options);
  const { isProduction, sessionCookieSameSite: sameSite, allowedOrigins } = config;
  const keys = await get(signingKeys);
  const now = get(clock);
  await get(identity); // for resolvers, which run later
  return {
    ...get(budget),
    authorization: get(authorization),
    operations: await get(operations),
    /** Whether errors name only the part of the schema that the viewer can see. */
    hidesSchema: config.introspection !== 'full',
    toClientError: get(schema).errors.toClientError,
    authenticate: await get(authenticate),
    tokenEndsAt,
    membershipsOf: batchMemberships(get(stores)),
    createContext: get(contexts).createContext,
    cookies: createRequestCookies({ sameSite, allowsInsecure: !isProduction, allowedOrigins, now }),
    events: get(events).source,
    publicJwks: () => keys.publicJwks,
    jwksMaxAgeSeconds: config.signingKeys.jwksMaxAgeSeconds,
    now,
    logger,
  };
});
