import type { GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';
import { OperationTypeNode } from 'graphql';
import { getOrAdd } from '../../decision/get-or-add.ts';
import { createPolicyAnswers, type PolicyAnswers } from '../../decision/policy-answers.ts';
import type { Viewer } from '../../decision/viewer.ts';
import type { SuppliedVariables } from '../../plan/supplied-input.ts';
import type { RowAnswers, ViewerAnswers } from './row-answers.ts';

/** The state of one execution of an operation. Decisions are never kept longer. */
export interface Execution {
  /** When it began. The age of proofs is measured at this time, also by its resolvers. */
  readonly now: Date;
  readonly answers: PolicyAnswers;
  /** The answers about rows. In a mutation by the path of the root field: each can change the rows. */
  readonly rowAnswers: Map<GraphQLResolveInfo['path'] | undefined, ViewerAnswers>;
  /** Paths, without list indices, whose refusal was reported before the execution began. */
  readonly reportedPaths: ReadonlySet<string>;
  /** The path and coordinate of each refusal that a dry run has reported: a list is reported once. */
  readonly dryRunReports: Set<string>;
  /**
   * The variables as the client sent them, when the operation was authorized before it ran. After coercion, a
   * value that equals a default looks like an absent one.
   */
  readonly variables?: SuppliedVariables;
  /** Whether the rows that ids in arguments name were read before it began. */
  readonly hasReadReferences?: boolean;
}

/** The part of a resolver's `info` that identifies its execution. */
type ExecutionInfo = Pick<GraphQLResolveInfo, 'operation' | 'variableValues'> &
  Partial<Pick<GraphQLResolveInfo, 'path'>>;

/** The part of a resolver's `info` that identifies the root field above it. */
type FieldInfo = ExecutionInfo & Pick<GraphQLResolveInfo, 'path'>;

/** Passes the state of an authorized operation to its resolvers. */
export interface Executions {
  /** Announces the next execution: the first one of this operation with this context. */
  announce(context: unknown, operation: OperationDefinitionNode, execution: Execution): void;
  of(context: unknown, info: ExecutionInfo): Execution;
  /** Returns when the last execution with a context began, for what has no `info`. Undefined: none has begun. */
  beganOf(context: unknown): Date | undefined;
  /** Returns the answers about rows for a viewer so far: in an execution, or in one root field of a mutation. */
  rowAnswersOf(context: unknown, info: FieldInfo, viewer: Viewer): RowAnswers;
  /** Returns a copy of `info` that identifies another execution, which began at the same time and has no answers. */
  restart(context: unknown, info: GraphQLResolveInfo): GraphQLResolveInfo;
  /** Returns the announced state for the opening of a subscription's source stream. It is returned once. */
  opening(context: unknown, operation: OperationDefinitionNode): Execution;
}

/**
 * Identifies an execution by its coerced variables, an object that the executor creates for each execution. Some
 * executors reuse that object for all events of a subscription, so an event is identified by the path of its root
 * field. Each event is decided separately, and begins an execution.
 */
export function createExecutions(clock: () => Date): Executions {
  const announcements = createAnnouncements();
  const running = new WeakMap<object, Execution>();
  const began = new WeakMap<object, Date>();

  /** A subscription stays announced for all of its events, without answers. */
  function start(context: unknown, operation: OperationDefinitionNode): Execution {
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      const {
        now: _now,
        answers: _answers,
        rowAnswers: _rowAnswers,
        dryRunReports: _reports,
        ...kept
      } = announcements.of(context, operation) ?? createExecution(clock());
      return { ...createExecution(clock()), ...kept };
    }
    return announcements.take(context, operation) ?? createExecution(clock());
  }

  function of(context: unknown, info: ExecutionInfo): Execution {
    const key = keyOf(info);
    const known = key && running.get(key);
    if (known !== undefined) return known;
    const execution = start(context, info.operation);
    if (key !== undefined) running.set(key, execution);
    if (isObject(context)) began.set(context, execution.now);
    return execution;
  }

  return {
    announce: announcements.announce,
    of,
    beganOf: (context) => (isObject(context) ? began.get(context) : undefined),
    rowAnswersOf(context, info, viewer) {
      const { rowAnswers } = of(context, info);
      const isMutation = info.operation.operation === OperationTypeNode.MUTATION;
      return getOrAdd(getOrAdd(rowAnswers, isMutation ? rootOf(info.path) : undefined), viewer);
    },
    restart(context, info) {
      const { now, variables } = of(context, info);
      const variableValues = { ...info.variableValues };
      running.set(variableValues, { ...createExecution(now), ...(variables && { variables }) });
      return { ...info, variableValues };
    },
    opening(context, operation) {
      const execution = announcements.of(context, operation) ?? createExecution(clock());
      const reopened = { ...execution, answers: createPolicyAnswers() };
      announcements.announce(context, operation, reopened);
      return execution;
    },
  };
}

/** The announced execution of each context: the last one alone. */
interface Announcements extends Pick<Executions, 'announce'> {
  /** Returns the announced execution of an operation. */
  of(context: unknown, operation: OperationDefinitionNode): Execution | undefined;
  /** Returns it, and forgets it. */
  take(context: unknown, operation: OperationDefinitionNode): Execution | undefined;
}

function createAnnouncements(): Announcements {
  const announced = new WeakMap<object, readonly [OperationDefinitionNode, Execution]>();

  function of(context: unknown, operation: OperationDefinitionNode): Execution | undefined {
    const [expected, execution] = (isObject(context) && announced.get(context)) || [];
    return expected === operation ? execution : undefined;
  }

  return {
    announce(context, operation, execution) {
      if (isObject(context)) announced.set(context, [operation, execution]);
    },
    of,
    take(context, operation) {
      const execution = of(context, operation);
      if (execution !== undefined && isObject(context)) announced.delete(context);
      return execution;
    },
  };
}

/** Returns an object that is unique to one execution. */
function keyOf({ operation, variableValues, path }: ExecutionInfo): object | undefined {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return variableValues;
  return path && rootOf(path);
}

/** Returns an object that is unique to the execution of a field. */
export const executionKeyOf = (info: FieldInfo): object => keyOf(info) ?? info.path;

/** Returns the path of the root field above a field. */
export function rootOf(path: GraphQLResolveInfo['path']): GraphQLResolveInfo['path'] {
  let root = path;
  while (root.prev !== undefined) root = root.prev;
  return root;
}

/** Creates the state of an execution, without policy answers. */
export const createExecution = (now: Date): Execution => ({
  now,
  answers: createPolicyAnswers(),
  rowAnswers: new Map(),
  reportedPaths: new Set(),
  dryRunReports: new Set(),
});

/** Returns a response path without its list indices, as one string. */
export function toPathKey(path: readonly (string | number)[]): string {
  return path.filter((step) => typeof step === 'string').join('.');
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
