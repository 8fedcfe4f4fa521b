import type { DocumentNode } from 'graphql';
import type { Viewer } from '../../authentication/viewer.ts';
import { isUuid } from '../../values/uuid.ts';
import type { Begun } from '../admitted.ts';
import { RequestError } from '../errors/request-error.ts';
import { hashDocument } from '../read/document-cache.ts';
import { type Holders, type KnownOperations, KnownOperationsError } from './known-operations.ts';
import { toNormalForm } from './normal-form.ts';
import type { OperationUses } from './operation-uses.ts';
import { createResolveId, type ResolveId } from './resolve-id.ts';

/** Decides which operations are read at all. */
export interface OperationGate {
  /** Whether operations are refused for their text alone. */
  readonly isClosed: boolean;
  readonly resolveId: ResolveId;
  /** The error for an id that has no text. */
  readonly missingId: () => RequestError;
  /** Whether a text is known. Its document is undefined if it cannot be parsed. */
  readonly isKnown: (document: DocumentNode | undefined) => boolean;
  /**
   * Returns why an operation is refused before it is validated. Undefined: it is known, or its viewer may send any.
   * `document` is undefined for a text that cannot be parsed.
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

/** The error for a text that is not known: the same for every viewer and every text. */
export const unknownOperation = (): RequestError =>
  new RequestError('OPERATION_UNKNOWN', 'This server runs known operations alone.');

/** Admits every text, and no ids. */
export const openGate: OperationGate = {
  isClosed: false,
  resolveId: () => undefined,
  missingId: notSupported,
  isKnown: () => true,
  refusalOf: () => undefined,
};

export interface GateOptions {
  /** `report`: unknown operations run. */
  readonly mode: 'report' | 'known';
  readonly operations: () => KnownOperations;
  readonly isFree: (viewer: Viewer) => boolean;
  readonly uses: Pick<OperationUses, 'add'>;
  /** Called in the mode `report` for each operation that would be refused. */
  readonly onUnknown: (begun: Begun) => void;
}

/** Creates the gate of known operations. */
export function createOperationGate(options: GateOptions): OperationGate {
  const { mode, operations, isFree, uses, onUnknown } = options;
  const forms = new WeakMap<DocumentNode, string>();

  function formOf(document: DocumentNode): string {
    const known = forms.get(document);
    if (known !== undefined) return known;
    const form = hashDocument(toNormalForm(document));
    forms.set(document, form);
    return form;
  }

  const holdersOf = (hash: string | undefined, document: DocumentNode): Holders | undefined =>
    operations().byText.get(hash ?? '') ?? operations().byForm.get(formOf(document));

  return {
    isClosed: mode === 'known',
    resolveId: createResolveId((id) => operations().texts.get(id)),
    missingId: notFound,
    isKnown: (document) => document !== undefined && holdersOf(undefined, document) !== undefined,
    refusalOf(begun, document) {
      const holders = document && holdersOf(begun.queryHash, document);
      if (holders !== undefined) {
        uses.add(holders, begun.asked.clientName);
        return undefined;
      }
      if (isFree(begun.asked.context.viewer)) return undefined;
      if (mode === 'known') return unknownOperation();
      // What cannot be parsed is refused in every mode.
      if (document !== undefined) onUnknown(begun);
      return undefined;
    },
  };
}

/**
 * Creates the function that says which viewers may send any operation: those in one of these groups, and these API clients.
 *
 * @throws {KnownOperationsError} for a name that is neither a group nor the id of an API client.
 */
export function createIsFree(
  names: readonly string[],
  groups: { has(name: string): boolean },
): (viewer: Viewer) => boolean {
  const wrong = names.filter((name) => !groups.has(name) && !isUuid(name));
  if (wrong.length > 0) {
    throw new KnownOperationsError(
      wrong.map((name) => `OPERATIONS_FREE: ${name} is neither a group nor an id of an API client`),
    );
  }
  // The database prints ids in lowercase.
  const free = new Set(names.map((name) => (isUuid(name) ? name.toLowerCase() : name)));
  return (viewer) =>
    viewer.isAuthenticated &&
    ((viewer.kind === 'apiClient' && free.has(viewer.clientId)) ||
      [...free].some((name) => viewer.groups.has(name)));
}
