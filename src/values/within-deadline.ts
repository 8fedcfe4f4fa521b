/** The time limit of one request, made once when its work starts. */
export interface Deadline {
  /** Returns a signal that aborts when the time is over, the same each time. Its reason is the error to answer with. */
  signal(): AbortSignal;
  /** Whether the time is over: the client already got its answer, and a later result is discarded. */
  isOver(): boolean;
}

/** Makes the deadline of one request, and waits for `work` until then. @throws the reason of the deadline's signal. */
export type WithinDeadline = <Result>(
  work: (deadline: Deadline) => Promise<Result>,
) => Promise<Result>;
