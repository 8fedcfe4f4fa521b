import { readFileSync } from 'node:fs';
import { type DocumentNode, parse, Source } from 'graphql';

/** Parses an SDL file in the folder of a module: `sdlFile(new URL('user.graphql', import.meta.url))`. */
export const sdlFile = (url: URL): DocumentNode =>
  parse(new Source(readFileSync(url, 'utf8'), url.pathname.split('/').slice(-2).join('/')));
