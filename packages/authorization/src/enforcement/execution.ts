import type { GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';
import { createPolicyAnswers, type PolicyAnswers } from '../decision/policy-answers.ts';

/** What is known of one execution of an operation. It ends with it: decisions are never kept longer. */
export interface Execution {
  readonly answers: PolicyAnswers;
  /** Paths, without list indices, whose refusal has been told before the execution began. */
  readonly toldPaths: ReadonlySet<string>;
  /** What a dry run has reported so far, by path and coordinate: a list is reported once. */
  readonly reported: Set<string>;
}

/** What of a resolver's `info` tells executions apart. */
export type ExecutionInfo = Pick<GraphQLResolveInfo, 'operation' | 'variableValues'>;

/** Hands what was decided before an operation runs to the resolvers that run in it. */
export interface Executions {
  /** Announces the execution that is to follow: the first one of this operation with this context. */
  announce(context: unknown, operation: OperationDefinitionNode, execution: Execution): void;
  of(context: unknown, info: ExecutionInfo): Execution;
}

/**
 * Tells executions apart by their coerced variables, an object that every execution makes anew. Each
 * event of a subscription is decided anew, since some executors keep that object from event to event.
 */
export function createExecutions(): Executions {
  const announced = new WeakMap<object, readonly [OperationDefinitionNode, Execution]>();
  const running = new WeakMap<object, Execution>();

  function takeAnnounced(context: unknown, operation: OperationDefinitionNode) {
    if (!isObject(context)) return undefined;
    const [expected, execution] = announced.get(context) ?? [];
    if (expected !== operation) return undefined;
    announced.delete(context);
    return execution;
  }

  /** Of a subscription, which stays announced for all of its events. */
  function toldOf(context: unknown, operation: OperationDefinitionNode) {
    const [expected, execution] = (isObject(context) && announced.get(context)) || [];
    return expected === operation ? execution?.toldPaths : undefined;
  }

  return {
    announce(context, operation, execution) {
      if (isObject(context)) announced.set(context, [operation, execution]);
    },
    of(context, { operation, variableValues }) {
      if (operation.operation === 'subscription')
        return createExecution(toldOf(context, operation));
      const known = running.get(variableValues);
      if (known !== undefined) return known;
      const execution = takeAnnounced(context, operation) ?? createExecution();
      running.set(variableValues, execution);
      return execution;
    },
  };
}

/** An execution of which nothing has been told yet. */
export const createExecution = (toldPaths: ReadonlySet<string> = new Set()): Execution => ({
  answers: createPolicyAnswers(),
  toldPaths,
  reported: new Set(),
});

/** A response path without its list indices, as one string. */
export function toPathKey(path: readonly (string | number)[]): string {
  return path.filter((step) => typeof step === 'string').join('.');
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
