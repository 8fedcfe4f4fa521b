import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ClientError, errorKinds } from '../../errors.ts';
import {
  type HttpAnswer,
  maskedAnswer,
  toHttpAnswer,
} from '../../operation/errors/graphql-error.ts';

/**
 * Answers errors before GraphQL (an unreadable body, an unknown route) in GraphQL's shape, so that clients need to
 * handle only one kind of error.
 */
export function registerHttpErrors(fastify: FastifyInstance, graphqlPath: string): void {
  fastify.setNotFoundHandler(async (request, reply) => {
    const [url = ''] = request.url.split('?');
    if (url === '/' && request.method === 'GET' && request.headers.accept?.includes('text/html')) {
      // Relative, so that a proxy may serve it under any path.
      return reply.redirect(graphqlPath.slice(1), 302);
    }
    if (plainPath.test(url) && fastify.hasRoute({ method: 'GET', url })) {
      const body = toErrorBody('BAD_REQUEST', 'This resource is read-only. Use GET.');
      return reply.code(405).header('allow', 'GET, HEAD').send(body);
    }
    const message = `Not found. The API is at ${graphqlPath}.`;
    return sendAnswer(reply, toHttpAnswer(new ClientError('NOT_FOUND', message)));
  });

  fastify.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (error instanceof ClientError) return sendAnswer(reply, toHttpAnswer(error));
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      request.log.error({ err: error }, 'unexpected error');
      return sendAnswer(reply, maskedAnswer);
    }
    return reply.code(status).send(toRequestErrorBody(status));
  });
}

/** Answers errors before routing, such as a URL that cannot be decoded. */
export function answerFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const status = error.statusCode ?? 400;
  const body = toErrorBody('BAD_REQUEST', 'Bad request.');
  reply
    .code(status)
    .headers({ 'x-request-id': request.id, 'cache-control': 'no-store' })
    .send(body);
}

/** Removes the characters of Fastify's path patterns: `hasRoute` throws for invalid ones. */
const plainPath = /^[\w./-]+$/;

const messages: Readonly<Record<number, string>> = {
  400: 'The request is malformed: check the URL and the body, which must be JSON in UTF-8.',
  413: 'The body is too large.',
  414: 'The URL is too long.',
  415: 'The media type of the body is not supported. Send application/json.',
};

export const sendAnswer = (reply: FastifyReply, { status, headers, body }: HttpAnswer) =>
  reply.code(status).headers(headers).type('application/json; charset=utf-8').send(body);

/** Returns what a client gets for a request that cannot be read. Messages of libraries may quote it: these do not. */
export function toRequestErrorBody(status: number) {
  const code = status === errorKinds.BODY_TOO_LARGE.status ? 'BODY_TOO_LARGE' : 'BAD_REQUEST';
  return toErrorBody(code, messages[status] ?? 'Bad request.');
}

/** Returns an error in GraphQL's shape. */
export const toErrorBody = (code: string, message: string) => ({
  errors: [{ message, extensions: { code } }],
});
