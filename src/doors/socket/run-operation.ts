import type { OperationDefinitionNode } from 'graphql';
import type { Admitted } from '../../operation/admitted.ts';
import type { RecordedError } from '../../operation/answer/operation-record.ts';
import type { Answer, Asked } from '../../operation/asked.ts';
import type { Operations } from '../../operation/create-operations.ts';
import { asGraphQLError } from '../../operation/errors/graphql-error.ts';
import { RequestError } from '../../operation/errors/request-error.ts';
import { toRunning } from '../../operation/open-events.ts';
import type { Deadline, WithinDeadline } from '../../values/within-deadline.ts';
import { endingOf } from '../access/ending.ts';
import type { RequestContextOptions } from '../request/request-context.ts';
import { abortWith } from '../request/request-signal.ts';
import { closeOf, errorCodeOf } from './close-codes.ts';
import { contextOf } from './socket-connection.ts';
import {
  type Outcome,
  queueKeyOf,
  type RunOperation,
  type SocketOperation,
} from './socket-operation.ts';

export interface OperationsOptions extends Pick<RequestContextOptions, 'createContext'> {
  readonly operations: Operations;
  /** Runs one operation until its deadline. */
  readonly withinBudget: WithinDeadline;
}

/** The shared state of the steps of one operation. */
interface Steps {
  readonly options: OperationsOptions;
  readonly operation: SocketOperation;
  readonly deadline: Deadline;
  /** Aborted when nothing is left to answer: at the deadline, by the client, or when the operation has ended. */
  readonly ended: AbortController;
}

/**
 * Creates the function that runs operations of every kind as over HTTP.
 *
 * @throws the error of reading the viewer, and the one that says that the operation's time is over.
 */
export function createRunOperation(options: OperationsOptions): RunOperation {
  return (operation) =>
    options.withinBudget(async (deadline) => {
      const ended = abortWith(deadline.signal(), operation.left);
      try {
        return await begin({ options, operation, deadline, ended });
      } catch (error) {
        ended.abort(error);
        throw error;
      }
    });
}

async function begin(steps: Steps): Promise<Outcome> {
  const { options, operation, deadline, ended } = steps;
  const { connection, access, payload } = operation;
  const facts = { viewer: await access.viewer(), signal: ended.signal };
  const context = Object.assign(contextOf(connection, options, facts), {
    isGivenUp: deadline.isOver,
  });
  const { operationName, variables } = payload;
  const { gate } = options.operations;
  const { query = '', extensions } = gate.resolveId(payload) ?? payload;
  const asked = { query, operationName, variables, allowedKinds: everything, context };
  const { persistedQuery, prefer } = extensions ?? {};
  if (persistedQuery !== undefined) return refuse(steps, asked, gate.missingId());
  if (!isText(prefer)) return refuse(steps, asked, preferError());
  const beforeStart = async (found: OperationDefinitionNode | undefined) => {
    if (found?.operation !== 'subscription') await operation.start.afterSubscriptions();
    deadline.signal().throwIfAborted();
  };
  const admission = await options.operations.admit({ ...asked, prefer, beforeStart });
  if (admission.kind !== 'admitted') return answered(steps, admission);
  if (admission.operation.operation === 'subscription') return subscribe(steps, admission);
  return answered(steps, await options.operations.complete(admission));
}

const everything: Asked['allowedKinds'] = ['query', 'mutation', 'subscription'];

const isText = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

const refuse = (steps: Steps, asked: Asked, error: RequestError): Outcome =>
  answered(steps, steps.options.operations.refuse(asked, [error]));

/** One that failed as a whole is refused, as over HTTP. */
function answered({ ended }: Steps, { kind, result }: Answer): Outcome {
  ended.abort();
  if (kind === 'refused') return { kind, errors: result.errors ?? [] };
  return { kind, result };
}

/** Opens an admitted subscription. */
async function subscribe(steps: Steps, admitted: Admitted): Promise<Outcome> {
  const { options, operation, deadline, ended } = steps;
  const late = deadline.signal();
  const { operations } = options;
  const { id, connection, access } = operation;
  const running = toRunning(admitted);
  const end = (error?: unknown) => {
    operations.end(admitted, endErrors(steps, error));
    ended.abort();
    if (connection.running.get(id) === running) connection.running.delete(id);
  };
  late.addEventListener('abort', () => end(late.reason));
  try {
    const source = await operations.openEvents(admitted, {
      viewer: access.viewer,
      contextOf: (viewer) => contextOf(connection, options, { viewer, signal: ended.signal }),
      queueKey: () => queueKeyOf(operation),
      onDenied(denials) {
        operations.end(admitted, denials);
        const { code, reason } = closeOf(endingOf(denials));
        connection.close(code, reason);
      },
      onEnd: end,
    });
    if (!(Symbol.asyncIterator in source))
      return answered(steps, await operations.finish(admitted, source));
    if (late.aborted) await source.return?.(); // nothing else would end it
    late.throwIfAborted();
    connection.running.set(id, running);
    // Rights may have changed between the decision and the start of the checks.
    access.recheck();
    return { kind: 'subscribed', running, results: source };
  } catch (error) {
    late.throwIfAborted();
    return answered(steps, await operations.finish(admitted, { errors: [asGraphQLError(error)] }));
  }
}

/** Returns the errors with which a subscription is recorded: those of its end, or of the close of its socket. */
function endErrors(
  { options, operation: { connection } }: Steps,
  error: unknown,
): readonly RecordedError[] {
  if (error !== undefined) return options.operations.reports.format([asGraphQLError(error)]);
  const close = connection.closedBy();
  const code = close && errorCodeOf(close);
  return code === undefined ? [] : [{ extensions: { code } }];
}

const preferError = (): RequestError =>
  new RequestError(
    'BAD_REQUEST',
    'The extension "prefer" must be a string in the form of the header Prefer (RFC 7240).',
  );
