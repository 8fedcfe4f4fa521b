import { isAsyncIterable } from '../../decision/iterables.ts';
import type { Fail, Step } from '../calls/step.ts';
import { toClientError, ValueError } from '../values/value-error.ts';

/** The steps `open` of the `subscribe` of a field, and what happens to its errors. */
export function createOpenStep<TContext>(coordinate: string) {
  const open: Step<'open', TContext> = {
    name: 'open',
    run(stream, { info }) {
      if (!isAsyncIterable(stream)) {
        throw new ValueError(coordinate, 'its `subscribe` returned no async iterable');
      }
      return guardStream(stream, (error) =>
        toClientError(error, coordinate, { info, path: info.path }),
      );
    },
  };
  const fail: Fail = (error, info) => {
    throw toClientError(error, coordinate, { info, path: info.path });
  };
  return { open, fail };
}

/** Opens a source stream whose errors are those for the client, and which ends when its reader wants. */
function guardStream(
  stream: AsyncIterable<unknown>,
  toError: (error: unknown) => Error,
): AsyncIterableIterator<unknown> {
  const events = stream[Symbol.asyncIterator]();
  const guarded = async <Answer>(read: () => Promise<Answer> | Answer): Promise<Answer> => {
    try {
      return await read();
    } catch (error) {
      throw toError(error);
    }
  };
  const ended = { done: true, value: undefined } as const;
  return {
    next: () => guarded(() => events.next()),
    return: () => guarded(() => events.return?.() ?? ended),
    throw: (error) =>
      guarded(async () => {
        if (events.throw !== undefined) return await events.throw(error);
        await events.return?.();
        throw error;
      }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
