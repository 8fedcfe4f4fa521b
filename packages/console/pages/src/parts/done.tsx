import type { TypedDocument } from '@graphql-gatehouse/client';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import { readAgain, rememberPlace } from '../data.tsx';
import { fetchData } from '../fetch-data.ts';
import { gatehouse } from '../gatehouse.ts';
import { LastRecordDocument } from '../log/log-documents.ts';
import { toHash } from '../route.ts';
import { Button } from './button.tsx';

/** The operation that does the opposite of a change. */
export interface Undo {
  readonly run: TypedDocument<unknown, object>;
  readonly variables: object;
  /** Returns whether what the change has made is still so. */
  readonly isStill: () => Promise<boolean>;
}

/** A change that was made. */
export interface Change {
  /** What was done, as a sentence. */
  readonly text: ReactNode;
  /** The id of whom it was about: the record is looked up by it. */
  readonly subjectId: string;
  readonly undo?: Undo | undefined;
}

interface Done extends Change {
  /** Counts the changes. */
  readonly number: number;
  /** The action that was recorded. Undefined: the viewer may not read the log. */
  readonly record: string | undefined;
}

let done: Done | undefined;
let count = 0;
const listeners = new Set<() => void>();

function set(next: Done | undefined): void {
  done = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const pathOf = (address: string): string => new URL(address).hash.split('?', 1)[0] ?? '';

// A filter changes the query alone.
window.addEventListener('hashchange', ({ oldURL, newURL }) => {
  if (newURL !== '' && pathOf(oldURL) !== pathOf(newURL)) set(undefined);
});

/**
 * Says on the page what was done, until the next navigation, with the record and what undoes it for those who may. Nothing when
 * `isHere` is false by then.
 */
export async function report({ undo, ...change }: Change, isHere: () => boolean): Promise<void> {
  const [record, isUndoable] = await Promise.all([
    readRecord(change.subjectId),
    undo !== undefined && mayUndo(undo),
  ]);
  if (!isHere()) return;
  count += 1;
  set({ ...change, number: count, record, ...(isUndoable && { undo }) });
}

/** Whether the viewer may read what it would undo, and undo it. What asks for a proof again is not one click. */
async function mayUndo({ run, variables, isStill }: Undo): Promise<boolean> {
  if ((await gatehouse.ask(run, variables)) !== 'allowed') return false;
  return isStill().catch(() => false);
}

/** Removes what was said, as when another user has logged in. */
export const forgetDone = (): void => set(undefined);

/** Returns the action that was recorded last about a user or an API client. Undefined: the viewer may not read the log. */
export async function readRecord(subjectId: string): Promise<string | undefined> {
  const outcome = await gatehouse.ask(LastRecordDocument, { subjectId });
  if (outcome === 'denied') return undefined;
  const { auditEvents } = await fetchData(LastRecordDocument, { subjectId });
  return auditEvents.edges[0]?.node.action;
}

/** The last change, for the page on which it was made. */
export function DoneLine() {
  const shown = useSyncExternalStore(subscribe, () => done);
  return (
    <div role="status">
      {shown !== undefined && (
        <div className="done">
          <span>{shown.text}</span>
          <RecordLink {...shown} />
          {shown.undo !== undefined && (
            <UndoButton key={shown.number} {...shown} undo={shown.undo} />
          )}
        </div>
      )}
    </div>
  );
}

interface RecordLinkProps extends Pick<Done, 'record' | 'subjectId'> {
  readonly onOpen?: () => void;
}

/** A link to the record of a change. */
export const RecordLink = ({ record, subjectId, onOpen }: RecordLinkProps) =>
  record === undefined ? null : (
    <a href={toHash(['log'], { subject: subjectId })} onClick={onOpen}>
      Recorded as {record}
    </a>
  );

function UndoButton({ subjectId, text, undo }: Change & { readonly undo: Undo }) {
  const client = useQueryClient();
  const [hasChanged, setHasChanged] = useState(false);

  async function run(): Promise<void> {
    const isHere = rememberPlace();
    if (!(await undo.isStill()) || !isHere()) return setHasChanged(true);
    await fetchData(undo.run, undo.variables);
    await readAgain(client);
    await report({ subjectId, text: <>Undone: {text}</> }, isHere);
    document.querySelector('h1')?.focus();
  }

  return hasChanged ? (
    <span className="warn">It has been changed since. Nothing was undone.</span>
  ) : (
    <Button onAction={run}>Undo</Button>
  );
}
