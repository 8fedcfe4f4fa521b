import { createSourceEventStream, type ExecutionResult, execute } from 'graphql';
import type { Context } from '../../composition/context.ts';
import { closeOf } from './close-codes.ts';
import { contextOf, type RunningOperation } from './connection.ts';
import { endingOf } from './ending.ts';
import { answerEvents } from './event-stream.ts';
import { type Outcome, placeOf, type Steps, turnKeyOf } from './socket-operation.ts';

/** The steps of a subscription. `finish` converts the result of one event to the answer. */
interface SubscriptionSteps extends Steps {
  readonly finish: (result: ExecutionResult) => { readonly result: ExecutionResult };
}

/** Opens the source of an admitted subscription. Each event is authorized again, for the current viewer. */
export async function subscribe(
  steps: SubscriptionSteps,
  running: RunningOperation,
  contextValue: Context,
): Promise<Outcome> {
  const { options, operation, record, givenUp, ended, refuse } = steps;
  const { id, connection, access } = operation;
  const { schema } = options.authorization;
  const source = await createSourceEventStream({ schema, ...running, contextValue });
  if (!(Symbol.asyncIterator in source)) return refuse(source.errors ?? []);
  if (givenUp.aborted) await source[Symbol.asyncIterator]().return?.(); // nothing else would end it
  givenUp.throwIfAborted();
  connection.running.set(id, running);
  // Rights may have changed between the decision and the start of the checks.
  access.recheck();
  const results = answerEvents({
    source,
    answer: (event) =>
      options.inAnswerTurn(turnKeyOf(operation), () =>
        options.withinBudget(() => answerEvent(steps, running, event)),
      ),
    onEnd: (error) => {
      record.ended(error);
      ended.abort();
      if (connection.running.get(id) === running) connection.running.delete(id);
    },
  });
  return { kind: 'subscribed', running, results };
}

/** Returns the answer to one event. Undefined when the viewer lost access, which closes the socket, or has gone. */
async function answerEvent(
  { options, operation, record, ended, finish }: SubscriptionSteps,
  running: RunningOperation,
  rootValue: unknown,
): Promise<ExecutionResult | undefined> {
  const { connection, access } = operation;
  if (ended.signal.aborted) return undefined;
  const { schema, authorizeOperation } = options.authorization;
  const facts = { viewer: await access.viewer(), signal: ended.signal };
  const contextValue = contextOf(connection, options, facts);
  const denials = await authorizeOperation({ ...running, contextValue });
  if (denials.length > 0) {
    record.answered(denials.map((denial) => denial.toJSON()));
    const { code, reason } = closeOf(endingOf(denials));
    connection.close(code, reason);
    return undefined;
  }
  const { result } = finish(await execute({ schema, ...running, rootValue, contextValue }));
  const { data = null, errors } = result;
  if (errors === undefined) return { data };
  return { data, errors: options.describeErrors(errors, placeOf(operation)) };
}
