import { createAuthenticate } from '../authentication/authenticate.ts';
import { createReadPage } from '../context/read-page.ts';
import { readEventKey } from '../database/events/event-batches.ts';
import { createAdministration } from '../identity/administration.ts';
import { createWithholdGroups } from '../identity/sessions/withhold-groups.ts';
import { ensureFirstAdmin } from '../identity/users/first-admin.ts';
import { createViewerLoaders } from '../identity/viewer-loaders.ts';
import { clock, options } from './app-inputs.ts';
import { accessTokens } from './credentials.ts';
import { part } from './part.ts';
import { stores, userServices, withholding } from './parts.ts';

/** What the commands for operators use. Needs no keys. */
export const administration = part('administration', async (get) =>
  createAdministration({
    stores: get(stores),
    services: await get(userServices),
    readPage: createReadPage(() => readEventKey(get(options).connection.read)),
    now: get(clock),
  }),
);

/** Creates the first ADMIN of an empty database. @throws {FirstAdminError} */
export const makeFirstAdmin = part('first ADMIN', async (get) => {
  const services = await get(userServices);
  const { firstAdmin } = get(options).config;
  return () => ensureFirstAdmin({ ...firstAdmin, users: get(stores).users, services });
});

export const authenticate = part('authentication', async (get) => {
  const { config, logger } = get(options);
  const loaders = createViewerLoaders(get(stores), {
    now: get(clock),
    sessionIdleSeconds: config.sessionIdleSeconds,
    withholdGroups: createWithholdGroups(await get(withholding)),
    onError: (error) => logger.warn({ err: error }, 'recording a last use failed'),
  });
  return createAuthenticate({ accessTokens: await get(accessTokens), ...loaders });
});
