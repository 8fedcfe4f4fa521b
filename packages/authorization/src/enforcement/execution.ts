import type { GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';
import { OperationTypeNode } from 'graphql';
import { createPolicyAnswers, type PolicyAnswers } from '../decision/policy-answers.ts';
import type { SuppliedVariables } from '../plan/supplied-input.ts';

/** What is known of one execution of an operation. It ends with it: decisions are never kept longer. */
export interface Execution {
  readonly answers: PolicyAnswers;
  /** Paths, without list indices, whose refusal has been told before the execution began. */
  readonly toldPaths: ReadonlySet<string>;
  /** What a dry run has reported so far, by path and coordinate: a list is reported once. */
  readonly reported: Set<string>;
  /**
   * What the client put into the variables, known where the execution was decided before. Once coerced,
   * a value that equals a default cannot be told from an absent one.
   */
  readonly variables?: SuppliedVariables;
}

/** What of a resolver's `info` tells executions apart. */
export type ExecutionInfo = Pick<GraphQLResolveInfo, 'operation' | 'variableValues'> &
  Partial<Pick<GraphQLResolveInfo, 'path'>>;

/** Hands what was decided before an operation runs to the resolvers that run in it. */
export interface Executions {
  /** Announces the execution that is to follow: the first one of this operation with this context. */
  announce(context: unknown, operation: OperationDefinitionNode, execution: Execution): void;
  of(context: unknown, info: ExecutionInfo): Execution;
  /** The opening of a subscription's source stream, which goes on with what was announced, once. */
  opening(context: unknown, operation: OperationDefinitionNode): Execution;
}

/**
 * Tells executions apart by their coerced variables, an object that every execution makes anew. Some
 * executors keep that object from event to event of a subscription: events are told apart by the path of
 * their root field. Each event is decided anew.
 */
export function createExecutions(): Executions {
  const announced = new WeakMap<object, readonly [OperationDefinitionNode, Execution]>();
  const running = new WeakMap<object, Execution>();

  function announcedOf(context: unknown, operation: OperationDefinitionNode) {
    const [expected, execution] = (isObject(context) && announced.get(context)) || [];
    return expected === operation ? execution : undefined;
  }

  function announce(context: unknown, operation: OperationDefinitionNode, execution: Execution) {
    if (isObject(context)) announced.set(context, [operation, execution]);
  }

  function takeAnnounced(context: unknown, operation: OperationDefinitionNode) {
    const execution = announcedOf(context, operation);
    if (execution !== undefined && isObject(context)) announced.delete(context);
    return execution;
  }

  /** A subscription stays announced for all of its events, without answers. */
  function start(context: unknown, operation: OperationDefinitionNode): Execution {
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      const { toldPaths, variables } = announcedOf(context, operation) ?? {};
      return { ...createExecution(toldPaths), ...(variables === undefined ? {} : { variables }) };
    }
    return takeAnnounced(context, operation) ?? createExecution();
  }

  return {
    announce,
    of(context, info) {
      const key = keyOf(info);
      const execution = (key && running.get(key)) ?? start(context, info.operation);
      if (key !== undefined) running.set(key, execution);
      return execution;
    },
    opening(context, operation) {
      const execution = announcedOf(context, operation) ?? createExecution();
      announce(context, operation, { ...execution, answers: createPolicyAnswers() });
      return execution;
    },
  };
}

/** What is one object in one execution, and in no other. */
function keyOf({ operation, variableValues, path }: ExecutionInfo): object | undefined {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return variableValues;
  let root = path;
  while (root?.prev !== undefined) root = root.prev;
  return root;
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
