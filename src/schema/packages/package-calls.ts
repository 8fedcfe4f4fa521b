import type { Route } from '../../context/route.ts';
import type { CreateEventCarrier } from '../../events/event-carrier.ts';
import { type Check, problem } from '../../values/check.ts';
import { createFactorTable, type FactorRow, type FactorTable } from '../../values/factor.ts';
import type { Groups } from '../../values/groups.ts';
import type { LogTable } from '../../values/log-table.ts';
import type { AccountNotice, FactorRules, ProofKind } from '../../values/proof.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { withinTime } from '../../values/within-time.ts';
import type { DatabaseAccess } from '../database-access.ts';
import type { AnyDomain } from '../domain.ts';
import type { CommandInput, CommandResult } from '../domain-command.ts';
import type { Project } from '../project.ts';
import { parseText } from '../text-input.ts';
import type { DeliveredAnswer } from './delivered-answer.ts';
import { schemaOfPackage } from './histories.ts';
import type { OperationGate } from './operation-gate.ts';
import type { OperationObserver } from './operation-observer.ts';
import type {
  GatehousePackage,
  LoginAttemptCounters,
  LoginAttemptTable,
  PackageCommand,
  PackageContext,
  PackageLog,
  PackageParts,
  PackageRuntime,
  PackageWork,
} from './package.ts';
import { packageErrors } from './package-errors.ts';
import { kindsOfPackages, packagesOf, requireSoundDomains } from './packages.ts';

/** A process, as far as packages can see it. */
export interface PackageHost {
  readonly project: Project;
  readonly config: {
    readonly isProduction: boolean;
    readonly origins: readonly string[];
    readonly databaseUrl?: string | undefined;
    readonly operationLimits: { readonly maxTokens: number };
    /** The values of the packages' settings, by name. */
    readonly ofPackages: Readonly<Record<string, unknown>>;
  };
  readonly logger: PackageLog;
}

/** The same with the groups of the composed schema. */
interface ComposedHost extends PackageHost {
  /** @throws {CompositionError} */
  readonly groups: () => Groups;
}

type Settings = Readonly<Record<string, unknown>>;

const contextOf = (
  { settings = {} }: GatehousePackage,
  { project, config, logger }: PackageHost,
): PackageContext<Settings> => ({
  project: {
    directory: project.directory,
    maxTokens: config.operationLimits.maxTokens,
    pageOperations: packagesOf(project.config).flatMap(({ pages = [] }) =>
      pages.flatMap(({ operations }) => operations ?? []),
    ),
  },
  settings: Object.fromEntries(
    Object.keys(settings).map((name) => [name, config.ofPackages[name]]),
  ),
  isProduction: config.isProduction,
  origins: config.origins,
  database: config.databaseUrl === undefined ? 'embedded' : 'postgresql',
  log: logger,
  errors: packageErrors,
});

/** Returns the carrier of events that a package brings. Undefined: PostgreSQL carries them. */
export async function loadCarrier(options: PackageHost): Promise<CreateEventCarrier | undefined> {
  const owner = packagesOf(options.project.config).find(({ eventCarrier }) => eventCarrier);
  return owner?.eventCarrier?.(contextOf(owner, options));
}

/** Opens the counters of login attempts that a package brings. Undefined: the table counts them. */
export async function openLoginAttempts(
  options: PackageHost,
  table: LoginAttemptTable,
): Promise<LoginAttemptCounters | undefined> {
  const owner = packagesOf(options.project.config).find(({ loginAttempts }) => loginAttempts);
  return owner?.loginAttempts?.(contextOf(owner, options), table);
}

interface WorkOptions extends ComposedHost {
  readonly access: DatabaseAccess;
}

const workOf = (owner: GatehousePackage, options: WorkOptions): PackageWork<Settings> => ({
  ...contextOf(owner, options),
  groups: options.groups,
  access: options.access,
});

/** Opens what decides which operations are read. Undefined: all of them are. @throws the error of the package. */
export async function openGate(
  { config }: Project,
  runtimes: Runtimes,
): Promise<OperationGate | undefined> {
  const owner = packagesOf(config).find(({ gate }) => gate);
  return owner?.gate?.(runningOf(owner.name, runtimes).parts);
}

/** Opens what observes operations, in the order of packages. @throws the error of a package. */
export const openObservers = (
  { config }: Project,
  runtimes: Runtimes,
): Promise<readonly OperationObserver[]> =>
  Promise.all(
    packagesOf(config).flatMap(
      ({ name, observe }) => observe?.(runningOf(name, runtimes).parts) ?? [],
    ),
  );

/** Returns the function that calls `onDelivered` of all packages. `runtimes` is called with each answer. */
export const createOnDelivered =
  ({ config }: Project, runtimes: () => Runtimes) =>
  async (delivered: DeliveredAnswer): Promise<void> => {
    for (const { name, onDelivered } of packagesOf(config)) {
      await onDelivered?.(await runningOf(name, runtimes()).parts(), delivered);
    }
  };

/** How many rows of an export are in memory at once. */
const defaultPageSize = 1_000;

export const logsOfPackages = (options: PackageHost): readonly LogTable[] =>
  packagesOf(options.project.config).flatMap((owner) =>
    Object.entries(owner.logs ?? {}).map(([name, { daysKept, table, ...log }]) => ({
      name,
      table: `${schemaOfPackage(owner.name)}.${table}`,
      row: log.row,
      columns: log.columns,
      pageSize: log.pageSize ?? defaultPageSize,
      daysKept: daysKept?.(contextOf(owner, options).settings),
    })),
  );

export const runPackageCommand = async (
  runtimes: Runtimes,
  {
    owner,
    command,
  }: { readonly owner: GatehousePackage; readonly command: PackageCommand<PackageParts<Settings>> },
  input: CommandInput,
): Promise<CommandResult> => command.run(await runningOf(owner.name, runtimes).parts(), input);

export const packageWork = ({ config }: Project, runtimes: Runtimes) =>
  packagesOf(config).flatMap((owner) =>
    Object.entries(owner.background ?? {}).map(([name, { intervalSeconds, run }]) => ({
      intervalMs: intervalSeconds * 1000,
      run: async (isStopped: () => boolean) =>
        run(await runningOf(owner.name, runtimes).parts(), isStopped),
      failed: `background work of ${owner.name} failed: ${name}`,
    })),
  );

/** Returns the routes of all packages. `runtimes` is called with each request. */
export const packageRoutes = ({ config }: Project, runtimes: () => Runtimes): readonly Route[] =>
  packagesOf(config).flatMap((owner) =>
    Object.entries(owner.routes ?? {}).map(([name, { run, ...rules }]) => ({
      ...rules,
      name: `${owner.name}.${name}`,
      run: async (call) => run(call, await runningOf(owner.name, runtimes()).parts()),
    })),
  );

export interface RunningPackage {
  readonly runtime: PackageRuntime<Settings>;
  /** Returns its parts. The first caller opens it. */
  readonly parts: () => Promise<PackageParts<Settings>>;
}

/** By the name of their package. */
type Runtimes = ReadonlyMap<string, RunningPackage>;

/** Returns the domains of all packages. `runtimes` is called when a resolver runs. */
export const packageDomains = (
  { config }: Project,
  runtimes: () => Runtimes,
): readonly AnyDomain[] => {
  const packages = packagesOf(config);
  const names = new Set(packages.map(({ name }) => name));
  return packages.flatMap(({ name, domains, factorKinds = [] }) => {
    const made = domains?.(async () => runningOf(name, runtimes()).parts(), names) ?? [];
    requireSoundDomains(name, made);
    return factorKinds.length === 0 ? made : [...made, toFactorDomain(name, factorKinds)];
  });
};

/** The values of the enum `Factor` that a package brings. */
const toFactorDomain = (owner: string, kinds: readonly FactorRow[]): AnyDomain => ({
  name: `kinds of factors of ${owner}`,
  // A text in JSON is one in GraphQL.
  typeDefs: `extend enum Factor {\n${kinds.map(({ name, description }) => `  ${JSON.stringify(description)}\n  ${name}`).join('\n')}\n}\n`,
  resolvers: {},
});

function runningOf(name: string, runtimes: Runtimes): RunningPackage {
  const running = runtimes.get(name);
  if (running === undefined) throw new Error(`The package ${name} has no runtime.`);
  return running;
}

/** Returns the function that opens a package once. After an error, the next call opens it again. */
function createOpening({ open }: GatehousePackage, runtime: PackageRuntime<Settings>) {
  const start = async () => Object.assign({}, runtime, await open?.(runtime));
  let opening: Promise<PackageParts<Settings>> | undefined;
  return (): Promise<PackageParts<Settings>> => {
    if (opening !== undefined) return opening;
    opening = start();
    // The database may have been unavailable.
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  };
}

interface RuntimeOptions
  extends WorkOptions,
    Omit<PackageRuntime<Settings>, keyof PackageWork<Settings> | 'parseText'> {}

export const packageRuntimes = ({
  sql,
  accounts,
  history,
  now,
  randomBytes,
  addressKey,
  reports,
  composed,
  ...options
}: RuntimeOptions): Runtimes =>
  new Map(
    packagesOf(options.project.config).map((owner): [string, RunningPackage] => {
      const services = {
        sql,
        accounts,
        history,
        now,
        randomBytes,
        addressKey,
        reports,
        composed,
        parseText,
      };
      const runtime = { ...workOf(owner, options), ...services };
      return [owner.name, { runtime, parts: createOpening(owner, runtime) }];
    }),
  );

/** Opens what packages ask for at logins. @throws the error of a package that cannot work. */
export async function openFactorRules(
  { config }: Project,
  runtimes: Runtimes,
): Promise<readonly FactorRules[]> {
  const opened: FactorRules[] = [];
  for (const { name, factors, factorKinds = [] } of packagesOf(config)) {
    if (factors === undefined) continue;
    const rules = await factors(runningOf(name, runtimes).parts);
    const own = new Set(factorKinds.map((kind) => kind.name));
    const kinds = Object.entries(rules.kinds).map(
      ([field, kind]) => [field, onlyProving(own, kind)] as const,
    );
    opened.push({ ...rules, kinds: Object.fromEntries(kinds) });
  }
  return opened;
}

/** Refuses what a proof of a package says of factors that are not its own. */
const onlyProving = (own: ReadonlySet<string>, kind: ProofKind): ProofKind => ({
  ...kind,
  async check(proof, attempt) {
    const found = await kind.check(proof, attempt);
    if ('wrong' in found) return found;
    const { factor, inherits = {} } = found;
    if (own.has(factor) && Object.keys(inherits).every((each) => own.has(each))) return found;
    throw new Error(`A proof of ${factor} comes from a package without this kind of factor.`);
  },
});

/** Returns the table of the kinds of factors: the password, and those of packages. */
export const factorTableOf = ({ config }: Project): FactorTable =>
  createFactorTable(kindsOfPackages(packagesOf(config)));

/** Returns the function that calls `notify` of all packages. `runtimes` is called with each notice: it needs the stores. */
export const createNotify =
  ({ config }: Project, runtimes: () => Runtimes) =>
  async (sql: SqlTransaction, notice: AccountNotice): Promise<void> => {
    for (const { name, notify } of packagesOf(config)) {
      await notify?.(sql, notice, runningOf(name, runtimes()).runtime);
    }
  };

/** Returns the function that calls `renameGroup` of all packages. */
export const createRenameGroup =
  ({ config }: Project, runtimes: () => Runtimes) =>
  async (
    sql: SqlTransaction,
    group: { readonly name: string; readonly newName: string },
  ): Promise<void> => {
    for (const { name, renameGroup } of packagesOf(config)) {
      await renameGroup?.(sql, group, runningOf(name, runtimes()).runtime);
    }
  };

/** How long the check of a package may take. Servers of mail can wait ten seconds before they greet. */
const checkTimeoutMs = 15_000;

/**
 * Runs the checks of all packages for `doctor`, all at once. A check that throws, or takes longer than 15 seconds, is a
 * problem.
 */
export async function checkPackages(
  options: ComposedHost,
  timeoutMs = checkTimeoutMs,
): Promise<readonly Check[]> {
  const examine = async (owner: GatehousePackage) =>
    owner.doctor?.({ ...contextOf(owner, options), groups: options.groups });
  const checks = packagesOf(options.project.config).map((owner) =>
    attemptCheck(owner, () => withinTime(timeoutMs, examine(owner))),
  );
  return (await Promise.all(checks)).flat();
}

/** Runs the checks of the tables of all packages, one by one on one connection, for `doctor`. A check that throws is a problem. */
export async function checkTables(
  { config }: Project,
  runtimes: Runtimes,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const owner of packagesOf(config)) {
    const check = async () => owner.checkTables?.(runningOf(owner.name, runtimes).runtime);
    checks.push(...(await attemptCheck(owner, check)));
  }
  return checks;
}

async function attemptCheck(
  owner: GatehousePackage,
  check: () => Promise<readonly Check[] | undefined>,
): Promise<readonly Check[]> {
  try {
    return (await check()) ?? [];
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown error';
    return [problem(owner.name, `its check failed: ${message}`, 'report this to its authors')];
  }
}
