import type { FastifyReply } from 'fastify';
import { DeadlineError } from '../../errors.ts';
import { retryHeaders, toGraphQLError } from '../graphql-error.ts';

/** Answers an operation that was not done in time; an answer of its own comes too late then. */
export async function answerInTime<Answer>(
  reply: FastifyReply,
  answer: () => Promise<Answer>,
): Promise<Answer | FastifyReply> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    reply.log.warn({ err: error }, 'an operation was not done in time');
    const { message, extensions } = toGraphQLError(error);
    const { http: _, ...told } = extensions;
    return reply
      .code(503)
      .headers(Object.fromEntries(retryHeaders(told)))
      .send({ errors: [{ message, extensions: told }] });
  }
}
