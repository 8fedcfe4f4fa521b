import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, userPassword } from '../support/test-server.ts';

/**
 * Cross-site request forgery (CWE-352; ASVS 5, 3.5; OWASP CSRF Prevention): every kind of request that a page can
 * make a browser send with the cookie of another site.
 */
const listed = 'https://app.example.com';
let server: TestServer;
let cookie = '';
beforeAll(async () => {
  server = await startTestServer({ environment: { ALLOWED_ORIGINS: listed } });
  const { username } = await server.aUser('STAFF');
  const { headers } = await server.ask(
    'mutation ($username: String!, $password: String!) { startSession(username: $username, password: $password) { groups } }',
    {
      variables: { username, password: userPassword },
      headers: { 'apollo-require-preflight': '1' },
    },
  );
  [cookie = ''] = headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
});
afterAll(() => server.stop());

const methods = ['POST', 'GET'] as const;
const contentTypes = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  undefined,
] as const;
const preflights = [false, true] as const;
const sites = [undefined, 'same-origin', 'same-site', 'cross-site', 'none'] as const;
const origins = ['absent', 'own', 'listed', 'sibling', 'other', 'null'] as const;

interface Cell {
  readonly method: (typeof methods)[number];
  readonly contentType: (typeof contentTypes)[number];
  readonly preflight: boolean;
  readonly site: (typeof sites)[number];
  readonly origin: (typeof origins)[number];
}

const cells: readonly Cell[] = methods.flatMap((method) =>
  contentTypes.flatMap((contentType) =>
    preflights.flatMap((preflight) =>
      sites.flatMap((site) =>
        origins.map((origin) => ({ method, contentType, preflight, site, origin })),
      ),
    ),
  ),
);

function originOf(origin: Cell['origin']): string | undefined {
  const { port } = new URL(server.url);
  const values = {
    absent: undefined,
    own: server.url,
    listed,
    null: 'null',
    sibling: `http://evil.localhost:${port}`,
    other: 'https://evil.example',
  };
  return values[origin];
}

async function send({ method, contentType, preflight, site, origin }: Cell) {
  const url = new URL('/graphql', server.url);
  const query = '{ me { username } }';
  if (method === 'GET') url.searchParams.set('query', query);
  const sentOrigin = originOf(origin);
  const response = await fetch(url, {
    method,
    headers: {
      cookie,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(preflight ? { 'apollo-require-preflight': '1' } : {}),
      ...(site === undefined ? {} : { 'sec-fetch-site': site }),
      ...(sentOrigin === undefined ? {} : { origin: sentOrigin }),
    },
    // A Blob without a type has no content type of its own.
    body: method === 'POST' ? new Blob([JSON.stringify({ query })]) : null,
  });
  const text = await response.text();
  const { errors = [], data } = JSON.parse(text);
  return {
    status: response.status,
    reason: errors[0]?.extensions?.reason,
    data,
    headers: response.headers,
  };
}

/** The contract, written from its words: what a cell gets. */
function expectedOf({ method, contentType, preflight, site, origin }: Cell): string {
  const isJson = contentType === 'application/json';
  if (method === 'POST' && !isJson) return 'refused';
  if (!isJson && !preflight) return 'refused';
  if (!isAllowedSite({ preflight, site, origin })) return 'CROSS_SITE';
  // A GET has no body that could have another type.
  return contentType === undefined || isJson ? 'runs' : 'refused';
}

function isAllowedSite({ preflight, site, origin }: Pick<Cell, 'preflight' | 'site' | 'origin'>) {
  if (site === 'same-origin') return true;
  if (site === 'same-site' || site === 'cross-site') return origin === 'listed';
  if (site === 'none') return false;
  return origin === 'absent' ? preflight : origin === 'own' || origin === 'listed';
}

const outcomeOf = ({ status, reason, data }: Awaited<ReturnType<typeof send>>): string => {
  if (status === 200 && data?.me?.username !== undefined) return 'runs';
  if (status === 403 && reason === 'CROSS_SITE' && data === undefined) return 'CROSS_SITE';
  return status === 400 || status === 415 ? 'refused' : `unexpected ${status}`;
};

describe('a request with a session cookie', () => {
  it(`gets what the contract says: ${cells.length} kinds of method, type, site and origin`, async () => {
    const wrong: string[] = [];
    for (const cell of cells) {
      const expected = expectedOf(cell);
      const outcome = outcomeOf(await send(cell));
      if (outcome !== expected) wrong.push(`${JSON.stringify(cell)}: ${outcome}, not ${expected}`);
    }
    expect(wrong).toEqual([]);
    expect(cells).toHaveLength(600);
    expect(cells.filter((cell) => expectedOf(cell) === 'runs')).toHaveLength(53);
  });

  it('cannot change anything by GET', async () => {
    const url = new URL('/graphql', server.url);
    url.searchParams.set('query', 'mutation { logout }');
    const response = await fetch(url, {
      headers: { cookie, 'apollo-require-preflight': '1', 'sec-fetch-site': 'same-origin' },
    });
    expect(response.status).toBe(405);
    const headers = { cookie, 'apollo-require-preflight': '1' };
    expect((await server.ask('{ me { username } }', { headers })).status).toBe(200);
  });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    fetch(new URL('/graphql', server.url), {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });

  it('allows credentials to listed origins alone, and never to all', async () => {
    const allowed = await preflight(listed);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(listed);
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
    expect(allowed.headers.get('vary')).toMatch(/origin/i);
    for (const origin of ['https://evil.example', 'null', `${listed}.evil.example`]) {
      const { headers } = await preflight(origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('forbids caches to keep what a cookie was answered', async () => {
    const cell = { method: 'GET', contentType: undefined, preflight: true } as const;
    const { headers } = await send({ ...cell, site: 'same-origin', origin: 'listed' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toMatch(/origin/i);
  });
});
