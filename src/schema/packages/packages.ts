import { findOptionProblems, type Shapes } from '@graphql-gatehouse/authorization/options';
import { type Mistake, NamedError, named } from '../../error-pages.ts';
import { createFactorTable } from '../../values/factor.ts';
import { configShape } from '../config-shape.ts';
import type { AnyDomain } from '../domain.ts';
import { domainShape } from '../domain-shape.ts';
import type { GatehouseConfig } from '../project.ts';
import { findSharedKeys } from '../shared-keys.ts';
import type { GatehousePackage } from './package.ts';
import { findRouteProblems } from './route-problems.ts';

/** The configuration has unknown options, or packages with parts that cannot be used together. */
class ProjectConfigError extends NamedError {
  override readonly name = 'ProjectConfigError';

  constructor(mistakes: readonly Mistake[]) {
    const lines = mistakes.map(({ problem }) => `  ${problem}`);
    const names = mistakes.map(({ name }) => name);
    super(names, `The project's configuration cannot be used:\n${lines.join('\n')}`);
  }
}

/** Configurations without problems. They are read again and again, also in requests. */
const sound = new WeakSet<object>();

/**
 * Returns the packages of a project. It is the first thing that is read of a configuration, so it checks the whole.
 *
 * @throws {ProjectConfigError} with every mistake that shows without the schema.
 */
export function packagesOf(config: GatehouseConfig): readonly GatehousePackage[] {
  if (!sound.has(config)) {
    const packages = [config.packages ?? []].flat().filter((each) => Object(each) === each);
    requireSound([
      ...named('unknown-option', findOptionProblems(config, configShape)),
      ...findPackageMistakes(packages),
    ]);
    sound.add(config);
  }
  return config.packages ?? [];
}

/** Checks the domains of a package, which it returns when the schema is composed. @throws {ProjectConfigError} */
export const requireSoundDomains = (owner: string, domains: readonly AnyDomain[]): void =>
  requireSound(
    named(
      'unknown-option',
      findOptionProblems(domains, { each: domainShape }, `packages[${owner}].domains`),
    ),
  );

function requireSound(mistakes: readonly Mistake[]): void {
  if (mistakes.length > 0) throw new ProjectConfigError(mistakes);
}

/** A part of the name of a PostgreSQL schema. */
const nameForm = /^[a-z][a-z0-9-]{0,39}$/;
const badName =
  'a name has at most 40 lowercase letters, digits and hyphens, and starts with a letter';

/** The paths of the server's own port. Others begin with a dot, which the form excludes. */
const takenPaths = ['/graphql', '/health'];
const pathForm = /^\/[a-z][a-z0-9-]{0,39}$/;
const badPath =
  'a path is a slash and one name of at most 40 lowercase letters, digits and hyphens, and neither /graphql nor /health';

/** Actions of audit events begin with the name of a log. */
const logForm = /^[a-z_]{1,32}$/;
const badLog =
  'the name and the table of a log have at most 32 lowercase letters and underscores, and the name is not audit';

const badRights = "its `nodeRights` in `migrations` must be ['INSERT'] alone";

/** @param packages those that are objects at all. */
const findPackageMistakes = (packages: readonly GatehousePackage[]): readonly Mistake[] => [
  ...named(
    'unknown-option',
    packages.flatMap(({ name, options: { given, known } = noOptions }) =>
      findOptionProblems(given, { keys: toShapes(known) }).map((problem) => `${name}: ${problem}`),
    ),
  ),
  ...named('invalid-package', findPackageProblems(packages)),
  ...named(
    'package-parts-collide',
    findSharedKeys(packages, singleParts).map(
      ({ key, names }) => `${key}: more than one package has it (${names.join(', ')})`,
    ),
  ),
];

const findPackageProblems = (packages: readonly GatehousePackage[]): readonly string[] => [
  ...packages.filter(({ name }) => !nameForm.test(name)).map(({ name }) => `${name}: ${badName}`),
  ...packages.flatMap(({ name, pages = [] }) =>
    pages
      .filter(({ path }) => !pathForm.test(path) || takenPaths.includes(path))
      .map(({ path }) => `${name}: the path ${path} of its pages: ${badPath}`),
  ),
  ...packages.flatMap(({ name, logs = {} }) =>
    Object.entries(logs)
      .filter(
        ([log, { table }]) => log === 'audit' || ![log, table].every((it) => logForm.test(it)),
      )
      .map(([log, { table }]) => `${name}: the log ${log}, table ${table}: ${badLog}`),
  ),
  ...packages.flatMap(({ name, logs = {}, migrations }) =>
    Object.values(logs)
      .filter(({ table }) => migrations?.nodeRights?.[table]?.join() !== 'INSERT')
      .map(({ table }) => `${name}: the table ${table} of a log: ${badRights}`),
  ),
  ...findFactorProblems(packages),
  ...findRouteProblems(packages),
];

/** Finds wrong kinds of factors, and those that have the name of another one. */
function findFactorProblems(packages: readonly GatehousePackage[]): readonly string[] {
  try {
    createFactorTable(kindsOfPackages(packages));
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : 'a kind of factor is not valid'];
  }
}

/** Returns the kinds of factors that packages bring, in the order of the enum `Factor`. */
export const kindsOfPackages = (packages: readonly GatehousePackage[]) =>
  packages.flatMap(({ factorKinds = [] }) => factorKinds);

const noOptions = { given: {}, known: {} };

const toShapes = (names: object): Shapes =>
  Object.fromEntries(Object.keys(names).map((name) => [name, 'any']));

/** What only one package can have. */
const singleParts = (each: GatehousePackage): readonly string[] => [
  `the name ${each.name}`,
  ...Object.keys(each.settings ?? {}).map((name) => `the setting ${name}`),
  ...(each.pages ?? []).map(({ path }) => `the path ${path}`),
  ...Object.keys(each.logs ?? {}).map((name) => `the log ${name}`),
  ...Object.keys(each.proofFacts ?? {}).map((key) => `the fact ${key} of errors`),
  ...(['eventCarrier', 'loginAttempts', 'gate', 'verdicts'] as const).filter(
    (part) => each[part] !== undefined,
  ),
];

/** Returns how many kinds of factors groups ask for, by group: the most that a package asks for. */
export function groupFactorsOf(config: GatehouseConfig): Readonly<Record<string, 1 | 2>> {
  const found = new Map<string, 1 | 2>();
  for (const { groupFactors = {} } of packagesOf(config)) {
    for (const [group, factors] of Object.entries(groupFactors)) {
      if (found.get(group) !== 2) found.set(group, factors);
    }
  }
  return Object.fromEntries(found);
}

/** Returns what packages add to errors that ask for a new proof. */
export const proofFactsOf = (config: GatehouseConfig): Readonly<Record<string, unknown>> =>
  Object.assign({}, ...packagesOf(config).map(({ proofFacts }) => proofFacts));

/** Returns why findings are safe, by coordinate: those of packages, and those of the project. */
export const acceptedFindings = (config: GatehouseConfig): Readonly<Record<string, string>> =>
  Object.assign({}, ...packagesOf(config).map(({ accepts }) => accepts), config.accepts);
