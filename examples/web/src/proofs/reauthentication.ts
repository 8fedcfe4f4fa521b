import type { NeededProof } from '@gatehouse/client';
import { useSyncExternalStore } from 'react';

/** A question that the user has not answered yet. */
interface Question {
  readonly needed: NeededProof;
  readonly answer: (isProved: boolean) => void;
}

let question: Question | undefined;
const listeners = new Set<() => void>();

function ask(next: Question | undefined): void {
  question = next;
  for (const listener of listeners) listener();
}

/** Opens the dialog that asks the user to prove again who they are. Resolves with whether they did. */
export const askForProof = (needed: NeededProof): Promise<boolean> =>
  new Promise((resolve) => {
    ask({
      needed,
      answer(isProved) {
        ask(undefined);
        resolve(isProved);
      },
    });
  });

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns the question that the dialog shows. */
export const useQuestion = (): Question | undefined =>
  useSyncExternalStore(subscribe, () => question);
