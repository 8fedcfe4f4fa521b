import type { GraphQLResolveInfo } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import type { FieldCall } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/promises.ts';
import type { CalledRows } from '../rows/row-steps.ts';

/** A call of a field on its way through the steps of the field. */
export interface StepCall<TContext> extends FieldCall<TContext> {
  source: unknown;
  readonly info: GraphQLResolveInfo;
  /** What the step `narrow` has found for the step `rows`. */
  rows: CalledRows<TContext> | undefined;
}

/** One step of a field. `Given` is what the step before it returns. */
export interface Step<Name extends string, TContext, Given = unknown> {
  readonly name: Name;
  /**
   * Gets what the step before has returned, once it has arrived, and returns what the next one gets, or a promise of it. A
   * step before the resolver returns undefined to go on, or {@link nullAnswer}.
   *
   * @throws the error of the field.
   */
  run(value: Given, call: StepCall<TContext>): unknown;
  /** Whether the step changes nothing for a viewer. Undefined: that is known only in the call. */
  readonly passes?: ((context: TContext) => boolean) | undefined;
}

/** Ends a call: the field is null, and no later step begins. */
export const nullAnswer = Symbol('null');

/** The check of a step that changes nothing for any viewer, as far as a property is read. */
export const always = (): boolean => true;

/** Throws the error for the client in place of the error of a step. */
export type Fail = (error: unknown, info: GraphQLResolveInfo) => never;

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
