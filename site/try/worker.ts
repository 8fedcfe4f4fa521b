import { type Decided, decide } from './decide.ts';
import type { TryState } from './state.ts';

/** What the worker says: that it has loaded, and then what it has decided, or why it could not. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'decided'; readonly decided: Decided }
  | { readonly kind: 'failed'; readonly message: string };

const send = (message: WorkerMessage): void => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<TryState>) => {
  decide(data).then(
    (decided) => send({ kind: 'decided', decided }),
    (error) => send({ kind: 'failed', message: String(error) }),
  );
});
send({ kind: 'ready' });
