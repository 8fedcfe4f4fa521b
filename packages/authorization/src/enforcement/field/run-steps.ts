import { isPromise } from '../../decision/is-promise.ts';
import { markRejectionHandled } from '../calls/promises.ts';
import { type Fail, nullAnswer, type Step, type StepCall } from '../calls/step.ts';

/**
 * Makes one function of steps. No step gets a promise or an error: a promise is waited for, and an error is the error of the
 * field. The promise that it returns can be dropped, as graphql-js 16 does with those of other fields when one throws.
 */
export function runSteps<TContext>(
  steps: readonly Step<string, TContext>[],
  fail: Fail,
): (value: unknown, call: StepCall<TContext>) => unknown {
  /** Runs the steps from an index on, with what the step before it has returned. */
  function goOn(from: number, given: unknown, call: StepCall<TContext>): unknown {
    let value = given;
    try {
      for (let index = from; index < steps.length; index += 1) {
        if (value === nullAnswer) return null;
        if (isPromise(value)) return wait(index, value, call);
        if (value instanceof Error) throw value;
        value = steps[index]?.run(value, call);
      }
      return value;
    } catch (error) {
      return fail(error, call.info);
    }
  }

  function wait(index: number, value: PromiseLike<unknown>, call: StepCall<TContext>) {
    return markRejectionHandled(
      Promise.resolve(value).then(
        (late) => goOn(index, late, call),
        (error: unknown) => fail(error, call.info),
      ),
    );
  }

  return (value, call) => goOn(0, value, call);
}
