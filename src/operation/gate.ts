import type { DocumentNode } from 'graphql';
import type { OperationGate } from '../schema/packages/operation-gate.ts';
import type { Begun } from './admitted.ts';
import { RequestError } from './errors/request-error.ts';
import { createResolveId, type ResolveId } from './resolve-id.ts';

/** What operations meet before they are validated. */
export interface GateSteps extends Pick<OperationGate, 'isClosed'> {
  readonly resolveId: ResolveId;
  /** The error for an id that has no text. */
  readonly missingId: () => RequestError;
  /** Whether a document may be validated for a viewer who is not known yet. */
  readonly isKnown: (document: DocumentNode) => boolean;
  /**
   * Returns why an operation is refused before it is validated. `document` is undefined for a text that cannot be parsed.
   *
   * @throws what the gate throws.
   */
  readonly refusalOf: (
    begun: Begun,
    document: DocumentNode | undefined,
  ) => RequestError | undefined;
}

/** Clients of persisted queries look for exactly these messages. */
const notSupported = () =>
  new RequestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
const notFound = () => new RequestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');

/** The error for a text that the gate does not admit: the same for every viewer and every text. */
export const unknownOperation = (): RequestError =>
  new RequestError('OPERATION_UNKNOWN', 'This server runs only operations of its allow list.');

/** Creates the steps of a gate. Without one, every text is admitted, and no id. */
export function createGateSteps(gate: OperationGate | undefined): GateSteps {
  if (gate === undefined) return openSteps;
  return {
    isClosed: gate.isClosed,
    resolveId: createResolveId(gate.textOf),
    missingId: notFound,
    isKnown: gate.isKnown,
    refusalOf({ asked, operation }, document) {
      const { query: text, clientName: client, context } = asked;
      const { viewer, requestId } = context;
      const operationName = operation?.name?.value;
      const isAdmitted = gate.admits({ text, document, operationName, viewer, requestId, client });
      return isAdmitted ? undefined : unknownOperation();
    },
  };
}

const openSteps: GateSteps = {
  isClosed: false,
  resolveId: () => undefined,
  missingId: notSupported,
  isKnown: () => true,
  refusalOf: () => undefined,
};
