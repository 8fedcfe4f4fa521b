import type { DocumentNode } from 'graphql';
import type { ArrivedOperation, OperationGate, Viewer } from 'graphql-gatehouse';
import { parseUuid } from 'graphql-gatehouse/package';
import { hashOf } from './hash.ts';
import { type Holders, type KnownOperations, KnownOperationsError } from './known-operations.ts';
import { toNormalForm } from './normal-form.ts';
import type { VersionUses } from './version-uses.ts';

export interface GateOptions {
  /** `report`: unknown operations run. */
  readonly mode: 'report' | 'known';
  readonly operations: () => KnownOperations;
  readonly isFree: (viewer: Viewer) => boolean;
  readonly uses: Pick<VersionUses, 'add'>;
  /** Called in the mode `report` for each operation that would be refused. */
  readonly onUnknown: (operation: ArrivedOperation) => void;
}

/** Creates the gate that knows the operations of front ends. */
export function createGate(options: GateOptions): Omit<OperationGate, 'close'> {
  const { mode, operations, isFree, uses, onUnknown } = options;
  const forms = new WeakMap<DocumentNode, string>();

  function keptFormOf(document: DocumentNode): string {
    const kept = forms.get(document);
    if (kept !== undefined) return kept;
    const form = hashOf(toNormalForm(document));
    forms.set(document, form);
    return form;
  }

  const holdersOf = (text: string, document: DocumentNode): Holders | undefined =>
    operations().byText.get(text) ?? operations().byForm.get(keptFormOf(document));

  return {
    isClosed: mode === 'known',
    textOf: (id) => operations().texts.get(id),
    texts: () => operations().texts,
    isKnown: (document) => operations().byForm.has(keptFormOf(document)),
    admits(operation) {
      const { text, document, viewer, client } = operation;
      const holders = document && holdersOf(text, document);
      if (holders !== undefined) {
        uses.add(holders, client);
        return true;
      }
      if (isFree(viewer)) return true;
      if (mode === 'known') return false;
      // What cannot be parsed is refused in every mode.
      if (document !== undefined) onUnknown(operation);
      return true;
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
  const wrong = names.filter((name) => !groups.has(name) && parseUuid(name) === undefined);
  if (wrong.length > 0) {
    throw new KnownOperationsError(
      wrong.map((name) => `OPERATIONS_FREE: ${name} is neither a group nor an id of an API client`),
    );
  }
  const free = new Set(names.map((name) => parseUuid(name) ?? name));
  return (viewer) =>
    viewer.isAuthenticated &&
    ((viewer.kind === 'apiClient' && free.has(viewer.clientId)) ||
      [...free].some((name) => viewer.groups.has(name)));
}
