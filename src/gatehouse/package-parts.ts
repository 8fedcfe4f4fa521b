import type { DatabaseConnection } from '../database/connect.ts';
import type { CreateEventCarrier } from '../events/event-carrier.ts';
import { createPeriodicTask, type PeriodicTask } from '../identity/periodic-task.ts';
import type { DatabaseAccess } from '../schema/database-access.ts';
import type { CommandInput } from '../schema/domain-command.ts';
import type {
  GatehousePackage,
  LoginAttemptCounters,
  LoginAttemptTable,
  PackageCommand,
  PackageContext,
  PackageWork,
} from '../schema/package.ts';
import { packagesOf } from '../schema/packages.ts';
import { type Check, problem } from '../values/check.ts';
import type { ProjectOptions } from './given.ts';

type Settings = Readonly<Record<string, unknown>>;

const contextOf = (
  { settings = {} }: GatehousePackage,
  { config, logger }: Pick<ProjectOptions, 'config' | 'logger'>,
): PackageContext<Settings> => ({
  settings: Object.fromEntries(
    Object.keys(settings).map((name) => [name, config.ofPackages[name]]),
  ),
  isProduction: config.isProduction,
  database: config.databaseUrl === undefined ? 'embedded' : 'postgresql',
  log: logger,
});

/** Returns the carrier of events that a package brings. Undefined: PostgreSQL carries them. */
export async function loadCarrier(
  options: ProjectOptions,
): Promise<CreateEventCarrier | undefined> {
  const owner = packagesOf(options.project.config).find(({ eventCarrier }) => eventCarrier);
  return owner?.eventCarrier?.(contextOf(owner, options));
}

/** Opens the counters of login attempts that a package brings. Undefined: the table counts them. */
export async function openLoginAttempts(
  options: ProjectOptions,
  table: LoginAttemptTable,
): Promise<LoginAttemptCounters | undefined> {
  const owner = packagesOf(options.project.config).find(({ loginAttempts }) => loginAttempts);
  return owner?.loginAttempts?.(contextOf(owner, options), table);
}

interface WorkOptions extends ProjectOptions {
  readonly connection: Pick<DatabaseConnection, 'adapter' | 'driver'>;
}

function workOf(owner: GatehousePackage, options: WorkOptions): PackageWork<Settings> {
  const { adapter, driver } = options.connection;
  const access: DatabaseAccess = { adapter, ...driver };
  return { ...contextOf(owner, options), access };
}

/** Runs a command of a package, and returns the text to print. */
export const runPackageCommand = (
  options: WorkOptions,
  {
    owner,
    command,
  }: { readonly owner: GatehousePackage; readonly command: PackageCommand<Settings> },
  input: CommandInput,
): Promise<string | undefined> => command.run(workOf(owner, options), input);

/** Creates the background work of all packages. */
export const createPackageTasks = (options: WorkOptions): readonly PeriodicTask[] =>
  packagesOf(options.project.config).flatMap((owner) =>
    Object.entries(owner.background ?? {}).map(([name, { intervalSeconds, run }]) =>
      createPeriodicTask({
        intervalMs: intervalSeconds * 1000,
        run: async (isStopped) => run(workOf(owner, options), isStopped),
        onError: (error) =>
          options.logger.warn({ err: error }, `background work of ${owner.name} failed: ${name}`),
      }),
    ),
  );

/** Runs the checks of all packages for `doctor`. A check that throws is a problem. */
export async function checkPackages(options: ProjectOptions): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const owner of packagesOf(options.project.config)) {
    checks.push(...(await examine(owner, options)));
  }
  return checks;
}

async function examine(
  owner: GatehousePackage,
  options: ProjectOptions,
): Promise<readonly Check[]> {
  try {
    return (await owner.doctor?.(contextOf(owner, options))) ?? [];
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown error';
    return [problem(owner.name, `its check failed: ${message}`, 'report this to its authors')];
  }
}
