import {
  type DueFactors,
  GatehouseError,
  type ProofOfSession,
  type Proven,
} from '@graphql-gatehouse/client';
import { useSyncExternalStore } from 'react';

/** Sends a proof. Resolves with what is due after it. */
type Prove = (given: ProofOfSession) => Promise<DueFactors | undefined>;

/** An operation that waits until its viewer has proved again who they are. */
export interface Question {
  readonly id: number;
  /** Undefined: the proof renews the session. */
  readonly prove: Prove | undefined;
  readonly answer: (isProved: boolean) => void;
}

/** The last one is asked: an operation with a proof may find that the session is too old. */
let questions: readonly Question[] = [];
let count = 0;
const listeners = new Set<() => void>();

function set(next: readonly Question[]): void {
  questions = next;
  for (const listener of listeners) listener();
}

const ask = (prove?: Prove): Promise<boolean> =>
  new Promise((resolve) => {
    count += 1;
    const question: Question = {
      id: count,
      prove,
      answer(isProved) {
        set(questions.filter((each) => each !== question));
        resolve(isProved);
      },
    };
    set([...questions, question]);
  });

/** Closes the dialog of every question. */
export function cancelAll(): void {
  for (const { answer } of questions) answer(false);
}

/** Opens the dialog for a fresh proof. Resolves with whether it was given. */
export const askForProof = (): Promise<boolean> => ask();

/**
 * Opens the dialog, and sends an operation with the proof. Resolves with nothing when the dialog is closed.
 *
 * @throws what is wrong with the operation. The dialog shows what is wrong with the proof.
 */
export async function sendWithProof<Data>(
  send: (given: ProofOfSession) => Promise<Proven<Data>>,
): Promise<Data | undefined> {
  let done: { readonly data: Data } | undefined;
  let failed: { readonly error: unknown } | undefined;
  await ask(async (given) => {
    try {
      const answer = await send(given);
      if ('due' in answer) return answer.due;
      done = answer;
    } catch (error) {
      if (!isOfOperation(error)) throw error;
      failed = { error };
    }
    return undefined;
  });
  if (failed !== undefined) throw failed.error;
  return done?.data;
}

/** Whether the proof was right, and the rest was not. */
const isOfOperation = (error: unknown): boolean =>
  error instanceof GatehouseError && !ofProof.includes(`${error.code}`);

const ofProof: readonly string[] = ['UNAUTHENTICATED', 'RATE_LIMITED', 'SERVICE_UNAVAILABLE'];

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns the question that the dialog shows. */
export const useQuestion = (): Question | undefined =>
  useSyncExternalStore(subscribe, () => questions.at(-1));
