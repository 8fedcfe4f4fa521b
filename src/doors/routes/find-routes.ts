import { matchesPath, type RouteRules } from '../../values/route.ts';

/** Returns the routes at the path of a request, one for each method. `target` is as the client sent it. */
export type FindRoutes<TRoute> = (target: string) => readonly TRoute[];

/**
 * Creates the function that finds routes. It compares the path as it was sent: another spelling, such as `%2e%2e` or
 * `//`, is another path, so that every door and every proxy before it sees the same one.
 */
export const createFindRoutes =
  <TRoute extends RouteRules>(routes: readonly TRoute[]): FindRoutes<TRoute> =>
  (target) => {
    const [asked = ''] = target.split('?');
    const found = routes.filter(({ path }) => matchesPath(path, asked));
    return found.length > 0 && isNormal(asked) ? found : [];
  };

const base = 'http://localhost';

/** Whether a URL keeps a path as it is (WHATWG URL, 4.4): `..` and `.` go up, or nowhere, and `//` begins a host. */
const isNormal = (path: string): boolean =>
  URL.canParse(path, base) && new URL(path, base).pathname === path;
