import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { NamedError } from '../../error-pages.ts';
import { registerStaticFiles } from '../../playground/static-files.ts';

interface Pages {
  /** Such as `/console`. */
  readonly path: string;
  readonly folder: string;
}

export interface PagesOptions {
  /** The pages of all packages. Their paths differ. */
  readonly pages: readonly Pages[];
}

/** The Content Security Policy (level 3): a page may only load files of this server, and call it. Nothing is inline. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The folder of files whose names contain their hash. */
const assetsFolder = 'assets';

/** Serves the pages of packages. @throws {Error} for a folder without `index.html`. */
export async function registerPages(
  fastify: FastifyInstance,
  { pages }: PagesOptions,
): Promise<void> {
  for (const { path, folder } of pages) {
    if (!existsSync(join(folder, 'index.html'))) {
      const message = `The pages at ${path} cannot be served: ${folder} has no index.html.`;
      throw new NamedError('pages-missing', message);
    }
    // Relative, so that a proxy may serve it under any path. Addresses in the page are relative to the slash.
    fastify.get(path, async (_request, reply) => reply.redirect(`${path.slice(1)}/`, 302));
    await registerStaticFiles(fastify, {
      root: folder,
      prefix: `${path}/`,
      dotfiles: 'ignore',
      cacheControl: false,
      // Also of an answer without a body (304), whose headers replace those in the browser's cache.
      setHeaders(reply, file) {
        const [first] = relative(folder, file).split(sep);
        reply.header('content-security-policy', contentSecurityPolicy);
        reply.header('cache-control', first === assetsFolder ? forever : 'no-cache');
      },
    });
  }
}

const forever = 'public, max-age=31536000, immutable';
