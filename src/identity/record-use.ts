export interface RecordUseOptions {
  /** Writes the current time as last use, unless a later use than `unlessSince` is stored already. */
  readonly recordUse: (ids: readonly string[], unless: { unlessSince: Date }) => Promise<void>;
  /** The shortest time between two records of one thing: frequent use must not cost a write for each request. */
  readonly everyMs: number;
  readonly now: () => Date;
  /** Called when a last use could not be recorded. The request goes on. */
  readonly onError: (error: unknown) => void;
}

/**
 * Creates a function that records uses beside the request, which does not wait for it. One statement at a time for
 * each thing. The statement checks the time again, so that one of several nodes writes.
 */
export function createUseRecorder({ recordUse, everyMs, now, onError }: RecordUseOptions) {
  const beingRecorded = new Set<string>();

  return (used: Iterable<{ readonly id: string; readonly lastUsedAt: Date | null }>): void => {
    const unlessSince = new Date(now().getTime() - everyMs);
    const ids = [...used]
      .filter(
        ({ id, lastUsedAt }) => !beingRecorded.has(id) && !(lastUsedAt && lastUsedAt > unlessSince),
      )
      .map(({ id }) => id);
    if (ids.length === 0) return;
    for (const id of ids) beingRecorded.add(id);
    recordUse(ids, { unlessSince })
      .catch(onError)
      .finally(() => {
        for (const id of ids) beingRecorded.delete(id);
      });
  };
}
