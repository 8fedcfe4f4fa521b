import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ToClientError } from '../../operation/errors/format-error.ts';
import { toHttpAnswer } from '../../operation/errors/graphql-error.ts';
import { sendAnswer } from '../transport/http-errors.ts';

/** Runs work, and waits for it only a limited time. */
type InTime = <Result>(work: () => Promise<Result>) => Promise<Result>;

export interface AnswerInTimeOptions {
  /** Runs what may write. */
  readonly withinBudget: InTime;
  /** Runs what only reads. */
  readonly withinReadTimeout: InTime;
  readonly toClientError: ToClientError;
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Answers an operation that exceeds its time limit with an error. A later result of the operation is dropped.
 *
 * For an operation that may write, each wait for the database is limited, so that the operation fails with its own error
 * and is rolled back. An operation that only reads goes on without a limit of its own: to limit its waits as well would
 * cost each request a third of its processor time.
 */
export function answerInTime(answer: Answer, options: AnswerInTimeOptions): Answer {
  return async (request, reply) => {
    const inTime = mayWrite(request) ? options.withinBudget : options.withinReadTimeout;
    try {
      return await inTime(() => answer(request, reply));
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
