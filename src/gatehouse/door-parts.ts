import { tokenEndsAt } from '../authentication/token-expiry.ts';
import { createRequestBudget } from '../database/time/request-budget.ts';
import { retryUntilAvailable } from '../database/time/retry-until-available.ts';
import { createRequestCookies } from '../doors/request/request-cookies.ts';
import { batchMemberships } from '../identity/users/batch-memberships.ts';
import { withoutRedaction } from '../observability/logger.ts';
import { createOperationLog } from '../operation/answer/log-operation.ts';
import { createOperations } from '../operation/create-operations.ts';
import type { OperationGate } from '../schema/packages/operation-gate.ts';
import type { OperationObserver } from '../schema/packages/operation-observer.ts';
import { openGate, openObservers, packageRoutes } from '../schema/packages/package-calls.ts';
import { proofFactsOf } from '../schema/packages/packages.ts';
import { createPricing } from '../schema/pricing.ts';
import { authenticate } from './account-parts.ts';
import { clock, options, project } from './app-inputs.ts';
import { signingKeys } from './credentials.ts';
import { type Part, part } from './part.ts';
import { authorization, contexts, events, identity, runtimes, schema, stores } from './parts.ts';
import { prepareOperations } from './prepare-operations.ts';

const budget = part('request budget', (get) => {
  const { config, connection } = get(options);
  const { requestTimeoutMs: totalMs } = config.databaseLimits;
  return createRequestBudget(connection, { totalMs, deadlineMs: config.operationLimits.timeoutMs });
});

/** Decides which operations are read. Undefined: all of them. */
const operationGate: Part<Promise<OperationGate | undefined>> = part(
  'gate of operations',
  (get) => openGate(get(project), get(runtimes)),
  (gate) => gate?.close(),
);

/** What packages know of the operations that run. */
const operationObservers: Part<Promise<readonly OperationObserver[]>> = part(
  'observers of operations',
  (get) => openObservers(get(project), get(runtimes)),
  (observers) => Promise.all(observers.map(({ close }) => close())),
);

const operations = part('operations', async (get) => {
  const { config, logger, tracing, counts } = get(options);
  const log = createOperationLog(withoutRedaction(logger));
  const gate = await get(operationGate);
  const observers = await get(operationObservers);
  const created = createOperations({
    gate,
    ...get(schema).errors,
    proofFacts: proofFactsOf(get(project).config),
    authorization: get(authorization),
    limits: config.operationLimits,
    hidesSchema: config.introspection !== 'full',
    observers,
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
  if (gate !== undefined) await prepareOperations(created, gate.texts(), logger);
  return created;
});

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
    routes: packageRoutes(get(project), () => get(runtimes)),
    publicJwks: () => keys.publicJwks,
    jwksMaxAgeSeconds: config.signingKeys.jwksMaxAgeSeconds,
    now,
    logger,
  };
});
