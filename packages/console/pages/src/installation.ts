import { useSyncExternalStore } from 'react';
import { gatehouse } from './gatehouse.ts';
import { graphql } from './generated/index.ts';

const NameDocument = graphql(`
  query Name { consoleName }
`);

/** Where the console is served. */
export const host: string = window.location.host;

let current: string | undefined;
const listeners = new Set<() => void>();

/** Reads the name that the configuration gives this installation. Never rejects: without an answer, it is the host. */
export async function readInstallationName(): Promise<void> {
  const answer = await gatehouse.fetch(NameDocument, {}).catch(() => undefined);
  current = answer?.consoleName ?? host;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the name was read: it must not move what is beside it. */
export const useIsNamed = (): boolean =>
  useSyncExternalStore(subscribe, () => current) !== undefined;

/** The name of this installation, which distinguishes production from a test. */
export const useInstallationName = (): string =>
  useSyncExternalStore(subscribe, () => current ?? host);
