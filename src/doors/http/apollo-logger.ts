import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyBaseLogger } from 'fastify';
import type { Context } from '../../context/context.ts';

type Log = (message?: unknown) => void;

/**
 * Logs Apollo Server's own messages up to their first colon. The rest can be an error as text, and an error of
 * GraphQL quotes the document, which can contain passwords.
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

/** Logs where an error was thrown that Apollo Server did not expect: only its class and its stack frames. */
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
