/** Counts what is in progress, up to a limit. */
export function createTurnstile(limit: number) {
  let inside = 0;
  return {
    /** Returns false when as many are in progress as may be: do not call `leave` then. */
    enter(): boolean {
      if (inside === limit) return false;
      inside += 1;
      return true;
    },
    leave(): void {
      inside -= 1;
    },
  };
}
