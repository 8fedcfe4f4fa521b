import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyBaseLogger } from 'fastify';
import type { Context } from '../composition/context.ts';

type Log = (message?: unknown) => void;

/**
 * The log of Apollo Server's own words, up to their first colon: what stands behind may be an error in full,
 * as text, and one of GraphQL quotes the document, in which passwords may stand.
 */
export function createApolloLogger(
  logger: Pick<FastifyBaseLogger, 'debug' | 'info' | 'warn' | 'error'>,
) {
  const withoutDetail =
    (level: 'debug' | 'info' | 'warn' | 'error'): Log =>
    (message) =>
      logger[level](String(message).replace(/:.*/s, ''));
  return {
    debug: withoutDetail('debug'),
    info: withoutDetail('info'),
    warn: withoutDetail('warn'),
    error: withoutDetail('error'),
  };
}

/** Logs where an error was thrown that Apollo Server did not expect: its kind and its frames alone. */
export function createUnexpectedErrorPlugin(
  logger: Pick<FastifyBaseLogger, 'error'>,
): ApolloServerPlugin<Context> {
  return {
    async unexpectedErrorProcessingRequest({ requestContext, error }) {
      const { requestId } = requestContext.contextValue;
      const frames = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line));
      logger.error({ requestId, type: error.name, frames }, 'processing GraphQL failed');
    },
  };
}
