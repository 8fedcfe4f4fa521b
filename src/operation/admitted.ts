import type { createAdmit } from '@graphql-gatehouse/authorization';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Asked } from './asked.ts';
import type { Ran } from './observe-runs.ts';

/** An operation that may run. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly begun: Begun;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Converts its result, or one event of a subscription, to the answer. */
  readonly judge: Judge;
  /** Called when it ran. Undefined: nothing observes it, or it uses no groups. */
  readonly ran: Ran | undefined;
}

type Admission = Awaited<ReturnType<ReturnType<typeof createAdmit>>>;
export type Judge = Extract<Admission, { kind: 'admitted' }>['finish'];
export type Judged = Awaited<ReturnType<Judge>>;

/** An operation from its arrival to its record. */
export interface Begun {
  readonly asked: Asked;
  readonly startedAtMs: number;
  /** Set when it has been read. */
  document?: DocumentNode;
  /** Set when the text has been parsed. Undefined: the document does not have it. */
  operation?: OperationDefinitionNode | undefined;
  /** The SHA-256 of the text, if it has been computed. */
  queryHash?: string;
  /** Only the first end counts. */
  isRecorded?: boolean;
}
