import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFindRoutes } from '../../src/doors/routes/find-routes.ts';
import type { GatehousePackage, PackageRoute } from '../../src/index.ts';
import { packagesOf } from '../../src/schema/packages/packages.ts';
import { matchesPath, pathsOverlap } from '../../src/values/route.ts';

const run = async () => new Response();
const at = (path: string, rules: Partial<PackageRoute<never>> = {}): PackageRoute<never> => ({
  method: 'GET',
  path,
  takes: 'nothing',
  run,
  ...rules,
});
const owner = (name: string, ...routes: readonly PackageRoute<never>[]): GatehousePackage => ({
  name,
  routes: Object.fromEntries(routes.map((route, index) => [`r${index}`, route])),
});
const read = (...packages: readonly GatehousePackage[]) => packagesOf({ packages });

describe('the start is stopped by a route', () => {
  const board: GatehousePackage = { name: 'board', pages: [{ path: '/board', folder: '.' }] };
  const body = { method: 'POST', maxBodyBytes: 10, contentTypes: ['text/plain'] } as const;

  it.each([
    { what: 'of a path that the server has', routes: [at('/graphql')], says: 'has /graphql' },
    { what: 'below the GraphQL endpoint', routes: [at('/graphql/a')], says: 'has /graphql/*' },
    { what: 'that has the paths of health', routes: [at('/health/*')], says: 'has /health/*' },
    {
      what: 'of the public keys',
      routes: [at('/.well-known/*')],
      says: 'has /.well-known/jwks.json',
    },
    { what: 'of a path of pages', routes: [at('/board/a')], says: 'has /board/*' },
    { what: 'that has the whole site', routes: [at('/*')], says: 'a path has names' },
    {
      what: 'of a path of another package',
      routes: [at('/other/a')],
      says: 'other.r0 has /other/*',
    },
    {
      what: 'of a path and a method that it has already',
      routes: [at('/a'), at('/a')],
      says: 'probe.r0 has /a',
    },
    { what: 'in a folder of its own', routes: [at('/a/*'), at('/a/b')], says: 'probe.r0 has /a/*' },
    ...[
      '',
      'a',
      '/a/',
      '/a//b',
      '/../a',
      '/a/..',
      '/a/*/b',
      '/a*',
      '/a%2F',
      '/a?b',
      '/a b',
      '/a:b',
    ].map((path) => ({
      what: `of the path "${path}"`,
      routes: [at(path)],
      says: 'a path has names',
    })),
    {
      what: 'of a path that is too long',
      routes: [at(`/${'a'.repeat(200)}`)],
      says: 'at most 200 characters',
    },
    {
      what: 'with a body without media types',
      routes: [at('/a', { ...body, contentTypes: [] })],
      says: 'needs both',
    },
    {
      what: 'with media types without a size',
      routes: [at('/a', { ...body, maxBodyBytes: 0 })],
      says: 'needs both',
    },
    {
      what: 'with a body by GET',
      routes: [at('/a', { ...body, method: 'GET' })],
      says: 'a request by GET has no body',
    },
    {
      what: 'with a body of a part of a byte',
      routes: [at('/a', { ...body, maxBodyBytes: 0.5 })],
      says: 'must be a whole number',
    },
    {
      what: 'with a body that is too large for memory',
      routes: [at('/a', { ...body, maxBodyBytes: 10_000_001 })],
      says: 'at most 10000000',
    },
    {
      what: 'with parameters of a media type',
      routes: [at('/a', { ...body, contentTypes: ['text/plain; charset=utf-8'] })],
      says: 'without parameters',
    },
  ])('$what', ({ routes, says }) => {
    expect(() => read(board, owner('other', at('/other/*')), owner('probe', ...routes))).toThrow(
      says,
    );
  });

  it('written in JavaScript without its rules', () => {
    const lame: unknown = { name: 'lame', routes: { 'A!': { run } } };
    const start = () => Reflect.apply(packagesOf, undefined, [{ packages: [lame] }]);
    for (const problem of ['a name has', 'its method', 'a path has', 'it must take']) {
      expect(start).toThrow(problem);
    }
  });

  it('and by no other: routes of one path differ by their methods', () => {
    const routes = [at('/a'), at('/a', body), at('/a/b/*'), at('/.well-known/a'), at('/boards')];
    expect(() =>
      read(board, owner('other', at('/other/*')), owner('probe', ...routes)),
    ).not.toThrow();
  });
});

describe('the path of a route', () => {
  const name = fc.constantFrom('a', 'b', 'ab');
  const plain = fc
    .array(name, { minLength: 1, maxLength: 4 })
    .map((names) => names.map((each) => `/${each}`).join(''));
  const path = fc.oneof(
    plain,
    plain.map((folder) => `${folder}/*`),
  );

  it('overlaps with another one exactly where both have a path', () => {
    // Of each folder, one path below it, and one of another name.
    const pathsOf = (each: string) =>
      each.endsWith('/*') ? [each.replace('*', 'x'), each.replace('*', 'a/x')] : [each];
    fc.assert(
      fc.property(path, path, (one, other) => {
        const asked = [...pathsOf(one), ...pathsOf(other)];
        const both = asked.some((each) => matchesPath(one, each) && matchesPath(other, each));
        expect(pathsOverlap(one, other)).toBe(both);
        expect(pathsOverlap(other, one)).toBe(both);
      }),
    );
  });

  it('is found for what a client sends only where every URL parser sees the same path', () => {
    const find = createFindRoutes([at('/a/*'), at('/b')]);
    const part = fc.constantFrom(
      'a',
      'b',
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '',
      '\\',
      '%2f',
      '?',
      '#',
      '//',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const target = `/${parts.join('/')}`;
        const [route] = find(target);
        if (route === undefined) return;
        const { pathname, host } = new URL(target, 'http://gate.example');
        expect(host).toBe('gate.example');
        expect(pathname).toBe(target.split('?')[0]);
        expect(matchesPath(route.path, pathname)).toBe(true);
      }),
    );
  });
});
