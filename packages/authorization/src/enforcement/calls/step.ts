import type { GraphQLResolveInfo } from 'graphql';
import type { FieldCall } from './field-call.ts';

/** A call of a field on its way through the steps of the field. */
export interface StepCall<TContext> extends FieldCall<TContext> {
  source: unknown;
  readonly info: GraphQLResolveInfo;
  /** What a step keeps for a later one. */
  kept: unknown;
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
