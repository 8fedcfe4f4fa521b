/** At most so many events of a node in a minute: an attacker must not fill the audit log. */
const maxEvents = 60;
const windowMs = 60_000;

/** Counts what may be recorded. */
export function createFailureWindow() {
  let [beganAtMs, count] = [Number.NEGATIVE_INFINITY, 0];
  return (at: Date): boolean => {
    if (at.getTime() - beganAtMs >= windowMs) [beganAtMs, count] = [at.getTime(), 0];
    count += 1;
    return count <= maxEvents;
  };
}
