import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ToClientError } from '../../operation/errors/format-error.ts';
import { toHttpAnswer } from '../../operation/errors/graphql-error.ts';
import type { Deadline, WithinDeadline } from '../../values/within-deadline.ts';
import { sendAnswer } from '../transport/http-errors.ts';

export interface AnswerInTimeOptions {
  /** Runs what may write. */
  readonly withinBudget: WithinDeadline;
  /** Runs what only reads. */
  readonly withinReadTimeout: WithinDeadline;
  readonly toClientError: ToClientError;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Answers one request until its deadline. */
export type AnswerUntil = (
  request: FastifyRequest,
  reply: FastifyReply,
  deadline: Deadline,
) => Promise<unknown>;

/**
 * Makes the deadline of a request, and answers an operation that exceeds it with an error. A later result of the
 * operation is dropped.
 *
 * For an operation that may write, each wait for the database is limited, so that the operation fails with its own error
 * and is rolled back. An operation that only reads goes on without a limit of its own: to limit its waits as well would
 * cost each request a third of its processor time.
 */
export function answerInTime(answer: AnswerUntil, options: AnswerInTimeOptions): Handler {
  return async (request, reply) => {
    const inTime = mayWrite(request) ? options.withinBudget : options.withinReadTimeout;
    try {
      return await inTime((deadline) => answer(request, reply, deadline));
    } catch (error) {
      const clientError = options.toClientError(error);
      if (clientError === undefined) throw error;
      reply.log.warn({ err: error }, 'an operation exceeded its time limit');
      return sendAnswer(reply, toHttpAnswer(clientError));
    }
  };
}

/** A document without the word has no mutation; one with it may have another meaning for it. */
function mayWrite({ method, body }: Pick<FastifyRequest, 'method' | 'body'>): boolean {
  if (method !== 'POST' || !(body instanceof Object) || !('query' in body)) return false;
  return typeof body.query === 'string' && body.query.includes('mutation');
}
