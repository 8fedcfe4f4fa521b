import type { DocumentNode } from 'graphql';
import type { Viewer } from '../../authentication/viewer.ts';
import type { ClientName } from '../../values/client-name.ts';

/** An operation that has been parsed, and neither validated nor decided. Its variables are no concern of a gate. */
export interface ArrivedOperation {
  readonly text: string;
  /** Undefined: the text cannot be parsed. */
  readonly document: DocumentNode | undefined;
  readonly operationName: string | undefined;
  readonly viewer: Viewer;
  readonly requestId: string;
  /** Undefined: the client says nothing about itself. */
  readonly client: ClientName | undefined;
}

/** Decides which operations are read at all. A function of it that throws refuses the operation. */
export interface OperationGate {
  /** Whether operations are refused for their text alone. Otherwise `admits` admits them all. */
  readonly isClosed: boolean;
  /** Returns the text of an operation that a request names by this id. */
  readonly textOf: (id: string) => string | undefined;
  /** Whether every viewer may send a document. Hosts ask before they know the viewer. */
  readonly isKnown: (document: DocumentNode) => boolean;
  /** Whether an operation may be validated and run. */
  readonly admits: (operation: ArrivedOperation) => boolean;
  /** Returns the texts that are planned at start, by id. */
  readonly texts: () => ReadonlyMap<string, string>;
  /** Called when the last operation has ended, while the database is open. */
  readonly close: () => Promise<void>;
}
