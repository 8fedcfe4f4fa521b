import { createRequire } from 'node:module';
import { posix } from 'node:path';
import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { FastifyStaticOptions } from '@fastify/static';
import { getDistDirectory, isSandboxFrame, renderAltair } from 'altair-static';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addLogInForm, type LinkedPages, readPageFiles, startScriptName } from './page-files.ts';
import { registerStaticFiles } from './static-files.ts';

export interface PlaygroundOptions {
  /** The path of the GraphQL endpoint, such as `/graphql`, which also shows the page. */
  readonly graphqlPath: string;
  /** Other pages of this server. Those with a title are linked for viewers who are logged in. */
  readonly pages: readonly LinkedPages[];
}

/**
 * The Content Security Policy (level 3) of the page: it may only load from and call this server.
 *
 * Altair sets style attributes and adds style elements, hence `unsafe-inline` for styles. Scripts of a window are
 * interpreted, so `unsafe-eval` is not needed.
 */
const playgroundContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Creates the plugin that answers browsers (GET with `Accept: text/html`) with Altair. */
export function createPlaygroundPlugin({
  graphqlPath,
  pages,
}: PlaygroundOptions): ApolloServerPlugin<BaseContext> {
  return {
    async serverWillStart() {
      // Relative to the page, so that a proxy can serve it under any host and path.
      const assets = assetsPath(graphqlPath);
      const baseURL = posix.relative(posix.dirname(graphqlPath), assets);
      const html = renderAltair({
        baseURL: `${baseURL}/`,
        serveInitialOptionsInSeperateRequest: startScriptName,
      });
      // Relative to the base of the page.
      const links = pages.flatMap(({ path, title }) =>
        title === undefined ? [] : [{ title, href: `${posix.relative(assets, path)}/` }],
      );
      const page = await addLogInForm(html, links);
      return { renderLandingPage: async () => ({ html: page }) };
    },
  };
}

/** The headers of the page, in addition to those of every response. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': playgroundContentSecurityPolicy,
  'cache-control': 'no-store',
  vary: 'Accept',
};

/** Serves the files of the page. */
export async function registerPlaygroundAssets(
  fastify: FastifyInstance,
  { graphqlPath }: Pick<PlaygroundOptions, 'graphqlPath'>,
): Promise<void> {
  const prefix = assetsPath(graphqlPath);

  for (const { name, mediaType, text } of await readPageFiles()) {
    fastify.get(`${prefix}/${name}`, async (_request, reply) =>
      reply.type(mediaType).header('cache-control', 'no-cache').send(text),
    );
  }

  await registerStaticFiles(fastify, staticOptions(prefix));
}

const staticOptions = (prefix: string): FastifyStaticOptions => ({
  root: getDistDirectory(),
  prefix: `${prefix}/`,
  index: false,
  // The path contains the version, so a file there never changes.
  maxAge: '365d',
  immutable: true,
  // A worker has the policy of its own response, not of its page.
  setHeaders: (reply) => {
    reply.header('content-security-policy', playgroundContentSecurityPolicy);
  },
  // Excludes Altair's bare page and its frame for scripts, which evaluates strings.
  allowedPath: (path) => !isSandboxFrame(path) && path !== '/index.html',
});

function assetsPath(graphqlPath: string): string {
  return posix.join(graphqlPath, 'altair', altairVersion());
}

function altairVersion(): string {
  const require = createRequire(import.meta.url);
  return z.object({ version: z.string() }).parse(require('altair-static/package.json')).version;
}
