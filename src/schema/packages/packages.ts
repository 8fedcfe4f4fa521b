import type { GatehouseConfig } from '../project.ts';
import { findSharedKeys } from '../shared-keys.ts';
import type { GatehousePackage } from './package.ts';

/** Packages have names that cannot be used, or parts of which only one package can be in use. */
class PackagesError extends Error {
  override readonly name = 'PackagesError';

  constructor(problems: readonly string[]) {
    const lines = problems.map((each) => `  ${each}`);
    super(`The packages in the project's configuration cannot be used:\n${lines.join('\n')}`);
  }
}

/** Returns the packages of a project. @throws {PackagesError} */
export function packagesOf({
  packages = [],
}: Pick<GatehouseConfig, 'packages'>): readonly GatehousePackage[] {
  const problems = findPackageProblems(packages);
  if (problems.length > 0) throw new PackagesError(problems);
  return packages;
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

const findPackageProblems = (packages: readonly GatehousePackage[]): readonly string[] => [
  ...packages.filter(({ name }) => !nameForm.test(name)).map(({ name }) => `${name}: ${badName}`),
  ...packages.flatMap(({ name, pages = [] }) =>
    pages
      .filter(({ path }) => !pathForm.test(path) || takenPaths.includes(path))
      .map(({ path }) => `${name}: the path ${path} of its pages: ${badPath}`),
  ),
  ...findSharedKeys(packages, singleParts).map(
    ({ key, names }) => `${key}: more than one package has it (${names.join(', ')})`,
  ),
];

/** What only one package can have. */
const singleParts = (each: GatehousePackage): readonly string[] => [
  `the name ${each.name}`,
  ...Object.keys(each.settings ?? {}).map((name) => `the setting ${name}`),
  ...(each.pages ?? []).map(({ path }) => `the path ${path}`),
  ...(['eventCarrier', 'loginAttempts'] as const).filter((part) => each[part] !== undefined),
];

/** Returns why findings are safe, by coordinate: those of packages, and those of the project. */
export const acceptedFindings = (
  config: Pick<GatehouseConfig, 'packages' | 'accepts'>,
): Readonly<Record<string, string>> =>
  Object.assign({}, ...packagesOf(config).map(({ accepts }) => accepts), config.accepts);
