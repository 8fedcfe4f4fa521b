import type { NeededProof } from '@gatehouse/client';
import { useSyncExternalStore } from 'react';

/** An operation that waits until its viewer has proved again who they are. */
export interface Question {
  readonly needed: NeededProof;
  readonly answer: (isProved: boolean) => void;
}

let question: Question | undefined;
const listeners = new Set<() => void>();

function set(next: Question | undefined): void {
  question = next;
  for (const listener of listeners) listener();
}

/** Opens the dialog for a fresh proof. Resolves with whether it was given. */
export const askForProof = (needed: NeededProof): Promise<boolean> =>
  new Promise((resolve) => {
    const answer = (isProved: boolean): void => {
      if (question?.answer === answer) set(undefined);
      resolve(isProved);
    };
    set({ needed, answer });
  });

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns the question that the dialog shows. */
export const useQuestion = (): Question | undefined =>
  useSyncExternalStore(subscribe, () => question);
