/** Whether the present session ends, or has ended, because its user wanted it to. */
let isExpected = false;

/** The other tabs of this browser, whose sessions end with this one. */
const tabs = new BroadcastChannel('gatehouse-console-leave');
tabs.addEventListener('message', () => {
  isExpected = true;
});

/** Says that the session is about to end, and that this is no accident: nothing of it is kept. */
export function expectEnd(): void {
  isExpected = true;
  tabs.postMessage(null);
}

/** Returns whether the last session has ended because its user wanted it to. */
export const isEndExpected = (): boolean => isExpected;

/** Forgets it, for the session that has begun, or that goes on. */
export function forgetEnd(): void {
  isExpected = false;
}
