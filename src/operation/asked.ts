import type {
  DocumentNode,
  ExecutionResult,
  OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { Context } from '../context/context.ts';
import type { ClientName } from '../values/client-name.ts';

/** One operation, as a door brings it. */
export interface Asked {
  readonly query: string;
  /** The document of `query`, if the host has parsed and validated it. */
  readonly document?: DocumentNode | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  /** The header `Prefer` (RFC 7240), or what stands for it. */
  readonly prefer?: string | null | undefined;
  /** What the client says about itself. Absent: nothing. */
  readonly clientName?: ClientName | undefined;
  /** The kinds of operations that the door may bring. Others are refused. */
  readonly allowedKinds: readonly `${OperationTypeNode}`[];
  readonly context: OperationContext;
  /** Makes the text of an answer, while its reads are recorded. */
  readonly toText?: (result: ExecutionResult) => string;
  /** Called when the operation is known, before anything is checked. Rejects when its time is over. */
  readonly beforeStart?: (operation: OperationDefinitionNode | undefined) => Promise<void>;
}

export interface OperationContext extends Context {
  /** Whether the client already got a timeout. The result is discarded then. */
  readonly isGivenUp?: () => boolean;
}

/** An answer to send. Doors without HTTP ignore `status` and `headers`. */
export interface Answer {
  /** `refused`: nothing ran, or it had no effect, so that the result has no data. */
  readonly kind: 'answered' | 'refused';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its errors are in the form for clients. */
  readonly result: ExecutionResult;
  /** The text of the result in UTF-8, if `toText` has made it. */
  readonly body?: Buffer;
  /** Whether it was refused by an error that was thrown, such as of a limit: hosts report these. */
  readonly isFailure?: boolean;
}
