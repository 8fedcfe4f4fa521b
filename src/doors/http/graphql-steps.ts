import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ResolveId } from '../../operation/resolve-id.ts';
import { withTextInBody } from '../request/with-text.ts';
import type { Subscriptions } from '../socket/subscriptions.ts';
import type { Upgrade } from '../socket/upgrades.ts';
import type { LoadShedding } from '../transport/load-shedding.ts';
import { type AnswerInTimeOptions, type AnswerUntil, answerInTime } from './answer-in-time.ts';
import type { Trace } from './trace-requests.ts';

export interface GraphQLParts extends AnswerInTimeOptions {
  readonly subscriptions: Pick<Subscriptions, 'accept'>;
  readonly upgradeOf: (request: FastifyRequest['raw']) => Upgrade | undefined;
  readonly shedding: Pick<LoadShedding, 'hasRoom' | 'refuse' | 'run'>;
  /** Undefined: nothing is traced. */
  readonly trace: Trace | undefined;
  readonly resolveId: ResolveId;
  /** Identifies the viewer, and admits, runs and records the operation. */
  readonly run: AnswerUntil;
}

/** One step of a GraphQL request. If it returns undefined, the next step answers. */
interface GraphQLStep {
  readonly name: string;
  readonly answer: (
    request: FastifyRequest,
    reply: FastifyReply,
  ) => FastifyReply | Promise<unknown> | undefined;
}

/** Creates the steps of a GraphQL request whose body has been read, in order. */
export function createGraphQLSteps(parts: GraphQLParts): readonly GraphQLStep[] {
  const { subscriptions, upgradeOf, shedding, trace, resolveId, run } = parts;
  const answer: AnswerUntil =
    trace === undefined
      ? run
      : (request, ...rest) =>
          trace.inTrace(request, () => trace.operation(() => run(request, ...rest)));
  const runInTime = answerInTime(
    // An operation counts until it has ended, even if its client already got another answer.
    (request, reply, deadline) => shedding.run(() => answer(request, reply, deadline)),
    parts,
  );
  return [
    {
      name: 'accept a WebSocket',
      answer(request, reply) {
        const upgrade = upgradeOf(request.raw);
        return upgrade && subscriptions.accept(request, reply, upgrade);
      },
    },
    {
      // Before the time of the request is chosen by its text.
      name: 'replace the id of an operation by its text',
      answer(request) {
        request.body = withTextInBody(request.body, resolveId);
        return undefined;
      },
    },
    {
      // Again: other requests may have arrived while the body was read.
      name: 'shed load',
      answer: (_request, reply) => (shedding.hasRoom() ? undefined : shedding.refuse(reply)),
    },
    { name: 'run the operation within its time', answer: runInTime },
  ];
}
