/** At most so many events of a kind and a node in a minute: an attacker must not fill the audit log. */
const maxEvents = 60;
const windowMs = 60_000;

/** Counts what may be recorded, each kind for itself: a flood of one hides no other. */
export function createFailureWindow() {
  const windows = new Map<string, { readonly beganAtMs: number; count: number }>();
  return (kind: string, at: Date): boolean => {
    const found = windows.get(kind);
    const isOver = found === undefined || at.getTime() - found.beganAtMs >= windowMs;
    const window = isOver ? { beganAtMs: at.getTime(), count: 0 } : found;
    windows.set(kind, window);
    window.count += 1;
    return window.count <= maxEvents;
  };
}
