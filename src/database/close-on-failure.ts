import { runInOrder } from './time/run-in-order.ts';

/** What was opened so far. */
export interface Opened {
  /** Adds the function that closes a part. */
  add(close: () => Promise<unknown>): void;
  /** Closes all parts, the last one first. A second call does nothing. @throws as `runInOrder` does. */
  readonly close: () => Promise<void>;
}

/**
 * Opens several parts. If that fails, those that were added are closed, the last one first.
 *
 * @throws the error of `open`.
 */
export async function closeOnFailure<Result>(
  open: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const steps: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= runInOrder(steps.toReversed());
    return closing;
  };
  try {
    return await open({ add: (step) => void steps.push(step), close });
  } catch (error) {
    await close().catch(() => {}); // the first error says what to mend
    throw error;
  }
}
