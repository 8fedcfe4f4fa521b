import { pathsOverlap, type RouteRules } from '../../values/route.ts';
import type { GatehousePackage } from './package.ts';

/** Names in a log, and in its searches. */
const nameForm = /^[a-z][a-z0-9-]{0,39}$/;
/** Names after slashes, the last of which may be `*`. `.` and `..` are none. */
const pathForm = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+(?:\/\*)?$/;
const maxPathLength = 200;
const badPath =
  'a path has names of letters, digits and `.`, `_`, `~`, `-`, each after a slash, at most 200 characters, and may end ' +
  'in `/*`';

/** The paths of the server itself. */
const ownPaths = ['/graphql', '/graphql/*', '/health', '/health/*', '/.well-known/jwks.json'];

/** The largest body that a route may take: bodies are in memory as a whole. */
const mostBodyBytes = 10_000_000;

const methods: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const credentials: readonly string[] = ['nothing', 'bearer', 'cookie'];
const typeForm = /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/;

interface Owned extends RouteRules {
  readonly owner: string;
  readonly name: string;
}

/** Finds routes of packages that cannot be served, and paths that more than one part has. Pure. */
export function findRouteProblems(packages: readonly GatehousePackage[]): readonly string[] {
  const routes = packages.flatMap(({ name: owner, routes: own = {} }) =>
    Object.entries(own).map(([name, rules]): Owned => ({ ...rules, owner, name })),
  );
  const pagePaths = packages.flatMap(({ pages = [] }) =>
    pages.flatMap(({ path = '' }) => (pathForm.test(path) ? [path, `${path}/*`] : [])),
  );
  const taken = [...ownPaths, ...pagePaths];
  const seen: Owned[] = [];
  return routes.flatMap((route) => {
    const problems = findRuleProblems(route);
    if (problems.length === 0) {
      problems.push(...findTakenPaths(route, taken, seen));
      seen.push(route);
    }
    return problems.map((problem) => `${route.owner}: the route ${route.name}: ${problem}`);
  });
}

const findTakenPaths = (
  route: Owned,
  taken: readonly string[],
  others: readonly Owned[],
): readonly string[] => [
  ...taken
    .filter((path) => pathsOverlap(path, route.path))
    .map((path) => `the path ${route.path}: the server has ${path}`),
  ...others
    .filter((other) => collide(route, other))
    .map((other) => `the path ${route.path}: ${other.owner}.${other.name} has ${other.path}`),
];

/** Routes of one path differ by their methods. */
const collide = (one: Owned, other: Owned): boolean =>
  one.owner === other.owner && one.path === other.path
    ? one.method === other.method
    : pathsOverlap(one.path, other.path);

/** A project in JavaScript may leave out anything. */
function findRuleProblems(route: Owned): string[] {
  const { name, method, path = '', takes, maxBodyBytes = 0, contentTypes = [] } = route;
  const isSize =
    Number.isInteger(maxBodyBytes) && maxBodyBytes >= 0 && maxBodyBytes <= mostBodyBytes;
  const hasBody = maxBodyBytes > 0;
  return [
    nameForm.test(name) ? '' : 'a name has at most 40 lowercase letters, digits and hyphens',
    methods.includes(method) ? '' : `its method must be one of ${methods.join(', ')}`,
    pathForm.test(path) && path.length <= maxPathLength ? '' : `the path ${path}: ${badPath}`,
    credentials.includes(takes) ? '' : `it must take one of ${credentials.join(', ')}`,
    isSize ? '' : `maxBodyBytes must be a whole number of at most ${mostBodyBytes}`,
    contentTypes.every((type) => typeForm.test(type))
      ? ''
      : 'a media type is in lower case, without parameters',
    hasBody === contentTypes.length > 0 ? '' : 'a body needs both maxBodyBytes and contentTypes',
    hasBody && method === 'GET' ? 'a request by GET has no body' : '',
  ].filter((problem) => problem !== '');
}
