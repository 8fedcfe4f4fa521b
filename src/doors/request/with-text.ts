import type { ResolveId } from '../../operation/resolve-id.ts';

/**
 * Returns the body of a request, with the text of its operation in place of an id. Other bodies than objects stay as they
 * are: Apollo Server refuses them.
 */
export function withTextInBody(body: unknown, resolveId: ResolveId): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const resolved = resolveId(body);
  return resolved === undefined ? body : { ...body, ...resolved };
}

/** Returns the parameters of a GET request, such as `?query=...`, with the text of its operation in place of an id. */
export function withTextInSearch({ search, searchParams }: URL, resolveId: ResolveId): string {
  const { query: sent, extensions: text, ...others } = Object.fromEntries(searchParams);
  const resolved = resolveId({ ...others, query: sent, extensions: parseJson(text) });
  if (resolved === undefined) return search;
  const { query, extensions } = resolved;
  const parameters = new URLSearchParams(others);
  if (query !== undefined) parameters.set('query', query);
  if (extensions !== null) parameters.set('extensions', JSON.stringify(extensions));
  return `?${parameters}`;
}

/** Returns undefined for what is no JSON. */
function parseJson(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
