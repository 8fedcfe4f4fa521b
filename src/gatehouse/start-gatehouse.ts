import { randomUUID } from 'node:crypto';
import { type Environment, parseConfig } from '../config/config.ts';
import { createHosts, type Hosts } from '../doors/hosts/hosts.ts';
import type { FirstAdmin } from '../identity/users/first-admin.ts';
import { createLogger } from '../observability/logger.ts';
import { warnOfNewerMigrations } from '../observability/newer-migrations.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import type { GatehouseConfig } from '../schema/project.ts';
import { makeFirstAdmin } from './account-parts.ts';
import { inputsOf, options } from './app-inputs.ts';
import { accessHistory, backgroundWork } from './background-parts.ts';
import { doorParts } from './door-parts.ts';
import { part, startParts } from './part.ts';
import { events, factorRules } from './parts.ts';
import { openDatabase } from './project-database.ts';

export interface GatehouseOptions {
  /** The settings, by the names of environment variables. Absent: those of the process. */
  readonly environment?: Environment;
  /** The folder from which paths of the config start. Absent: the working folder of the process. */
  readonly directory?: string;
  /** Where log lines go. Absent: standard error. */
  readonly logDestination?: { write(line: string): void };
  /** Called with the ADMIN that was made, when the database had no user. Absent: printed to standard error. */
  readonly onFirstAdmin?: (firstAdmin: FirstAdmin) => void;
}

/** Gatehouse inside an existing server. */
export interface Gatehouse extends Hosts {
  /** Ends subscriptions and connections. Requests fail with 503 from then on. A second call does nothing. */
  close(): Promise<void>;
}

const hosts = part(
  'hosts',
  async (get) => {
    const { config, connection } = get(options);
    return createHosts({
      ...(await get(doorParts)),
      ping: connection.ping,
      randomId: randomUUID,
      elapsedMs: () => performance.now(),
      maxErrors: config.operationLimits.maxErrors,
    });
  },
  ({ stop }) => stop(),
);

/** Does the work of `createGatehouse`, which loads it. */
export async function startGatehouse(
  config: GatehouseConfig,
  { onFirstAdmin = showFirstAdmin, ...choice }: GatehouseOptions,
): Promise<Gatehouse> {
  // By exception: this is the door by which a process without `main.ts` comes in.
  const { environment = process.env, directory = process.cwd() } = choice;
  const settings = parseConfig(environment, packagesOf(config));
  const logger = createLogger(settings.logLevel, choice.logDestination ?? process.stderr);
  const projectOptions = { config: settings, logger, project: { directory, config } };
  const connection = await openDatabase(projectOptions, { onNewer: warnOfNewerMigrations(logger) });
  const all = { ...projectOptions, connection, environment };
  return startParts(inputsOf(all, connection.close), async ({ get, close }) => {
    const started = await get(hosts);
    await get(accessHistory).see();
    for (const rules of await get(factorRules)) await rules.prepare?.();
    const createFirstAdmin = await get(makeFirstAdmin);
    const firstAdmin = await createFirstAdmin();
    if (firstAdmin !== undefined) onFirstAdmin(firstAdmin);
    await get(events).source.start();
    const work = await get(backgroundWork);
    work.start();
    return { ...started.hosts, close };
  });
}

/** A password that was made is shown here or nowhere. */
function showFirstAdmin({ username, generatedPassword }: FirstAdmin): void {
  if (generatedPassword === undefined) return;
  process.stderr.write(
    `Gatehouse made the first ADMIN: ${username}, password ${generatedPassword}\n`,
  );
}
