/**
 * What clients of several nodes did, each with the time at which they asked and at which the answer was
 * there, by one clock, in milliseconds. `isDone`: the server said that it did it.
 */
export type HistoryEvent =
  | (Span & { readonly kind: 'login'; readonly token: string | undefined })
  | (Span & { readonly kind: 'logout'; readonly token: string })
  | (Span & { readonly kind: 'use' | 'useGroup'; readonly token: string; readonly status: number })
  | (Span & { readonly kind: 'disable' | 'enable' | 'grant' | 'revoke' });

interface Span {
  readonly userId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly isDone: boolean;
}

/** One thing that must not be in a history. */
export interface Fault {
  readonly what: string;
  readonly event: HistoryEvent;
}
