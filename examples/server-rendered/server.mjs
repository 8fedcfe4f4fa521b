// Renders pages on a server for the viewer whom the browser's session cookie names.
// Run: API_URL=http://127.0.0.1:4000 PORT=8090 node examples/server-rendered/server.mjs
import { createServer } from 'node:http';
import { env } from 'node:process';
import { pathToFileURL } from 'node:url';

const query = `query Page {
  viewer { principal { ... on User { displayName } ... on ApiClient { name } } }
  rooms(first: 100) { edges { node { name floor admitsViewer } } }
}`;

/**
 * Asks the API as the viewer of a request: the cookie is forwarded as it came. No browser sends this request, so it
 * has no `Origin`; the header shows the API that no form of another site has sent it.
 */
async function ask(api, cookie = '') {
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'apollo-require-preflight': '1', cookie },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (character) => entities[character]);

const layout = (title, content) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<main><h1>${title}</h1>
${content}</main>
</html>
`;

function renderRooms({ viewer: { principal }, rooms }) {
  const items = rooms.edges.map(({ node: { name, floor, admitsViewer } }) => {
    const state = admitsViewer ? 'open to you' : 'closed to you';
    return `<li>${escapeHtml(name)}, floor ${floor}: ${state}</li>\n`;
  });
  const name = escapeHtml(principal.displayName ?? principal.name);
  return layout('Rooms', `<p>Logged in: ${name}</p>\n<ul>\n${items.join('')}</ul>\n`);
}

/** Returns the page for the answer of the API, with its status. */
function render({ data, errors = [] }) {
  if (data) return { status: 200, page: renderRooms(data) };
  if (errors[0]?.extensions?.code === 'UNAUTHENTICATED') {
    return { status: 401, page: layout('Not logged in', '<p>Log in first.</p>\n') };
  }
  return { status: 502, page: layout('Not available', '<p>Try again in a moment.</p>\n') };
}

/** Pages are those of one viewer, and load nothing. */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
};

/** Starts the server of pages. */
export async function start({ api, port }) {
  const server = createServer(async (request, response) => {
    // The API may be away, or answer with something else than JSON.
    const answer = await ask(api, request.headers.cookie).catch(() => ({}));
    const { status, page } = render(answer);
    response.writeHead(status, headers).end(page);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await start({
    api: env.API_URL ?? 'http://127.0.0.1:4000',
    port: Number(env.PORT ?? 8090),
  });
  process.stdout.write(`${url}\n`);
}
