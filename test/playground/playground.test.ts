import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLogInForm } from '../../src/playground/page-files.ts';
import { createPlaygroundPlugin } from '../../src/playground/playground.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('the responses behind the page', () => {
  it('shows the page to a browser, with a policy that allows this server alone', async () => {
    const response = await get('/graphql', 'text/html,application/xhtml+xml,*/*;q=0.8');

    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toBe('Accept');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
  });

  it('leads a browser from the root to the page, and names the API to other clients', async () => {
    const root = `${server.url}/`;
    const browser = await fetch(root, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(browser.status).toBe(302);
    expect(new URL(browser.headers.get('location') ?? '', root).pathname).toBe('/graphql');
    expect(await (await fetch(root)).json()).toMatchObject({
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    });
  });

  it('answers a GraphQL client with JSON and without the headers of the page', async () => {
    const response = await fetch(`${server.url}/graphql?query={__typename}`, {
      headers: { accept: 'application/json', 'apollo-require-preflight': 'true' },
    });

    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none';frame-ancestors 'none'",
    );
  });

  it('lets a browser keep what has a version in its path, but not its own scripts and styles', async () => {
    const { text: html } = await get('/graphql', 'text/html');
    const [, base] = /<base href="(.*)">/.exec(html) ?? [];

    const main = await get(`/${base}main.js`);
    expect(main.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    for (const own of ['start.js', 'tokens.css', 'log-in.js', 'session.js', 'log-in.css']) {
      const { status, headers } = await get(`/${base}${own}`);
      expect([status, headers.get('cache-control')], own).toEqual([200, 'no-cache']);
    }
    for (const closed of ['index.html', 'iframe-sandbox/index.html', '../package.json']) {
      expect((await get(`/${base}${closed}`)).status, closed).toBe(404);
    }
  });
});

describe('the log-in form', () => {
  it.each([
    { graphqlPath: '/graphql', page: 'https://example.org/graphql', desk: '/desk/' },
    {
      graphqlPath: '/api/graphql',
      page: 'https://example.org/below/api/graphql',
      desk: '/below/desk/',
    },
  ])(
    'links the pages of packages that have a title: $page',
    async ({ graphqlPath, page, desk }) => {
      const plugin = createPlaygroundPlugin({
        graphqlPath,
        pages: [{ path: '/desk', title: 'Desk & "more" <b>' }, { path: '/untitled' }],
      });
      const started = Object(await plugin.serverWillStart?.(Object.create(null)));
      const { html } = await started.renderLandingPage();
      const [, base = ''] = /<base href="([^"]*)">/.exec(html) ?? [];
      const [, href = '', text] =
        /<nav aria-label="Pages"><a href="([^"]*)" target="_blank" rel="noopener">(.*?)<\/a><\/nav>/.exec(
          html,
        ) ?? [];
      expect(new URL(href, new URL(base, page)).pathname).toBe(desk);
      expect(text).toBe('Desk &amp; &quot;more&quot; &lt;b>');
      expect(html).not.toContain('untitled');
    },
  );

  it('masks the password, and leaves it to password managers', async () => {
    const { text: html } = await get('/graphql', 'text/html');
    const [field = ''] = /<input name="password"[^>]*>/.exec(html) ?? [];
    expect(field).toMatch(/ type="password".* autocomplete="current-password"/s);
    expect(html).not.toMatch(/onpaste|autocomplete="off"/);
  });

  it('is required: with another HTML of Altair, the server does not start', async () => {
    await expect(addLogInForm('<body><altair-root></altair-root></body>', [])).rejects.toThrow();
  });
});

/** Reads the whole body, since the server's `stop` waits for an answer that is under way. */
async function get(path: string, accept = '*/*') {
  const response = await fetch(`${server.url}${path}`, { headers: { accept } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
