/** The time limit of one request, made once when its work starts. */
export interface Deadline {
  /** Aborts when the time is over. Its reason is the error to answer with. */
  readonly signal: AbortSignal;
  /** Whether the time is over: the client already got its answer, and a later result is discarded. */
  isOver(): boolean;
}

/** Makes the deadline of one request, and waits for `work` until then. @throws the reason of the deadline's signal. */
export type WithinDeadline = <Result>(
  work: (deadline: Deadline) => Promise<Result>,
) => Promise<Result>;
