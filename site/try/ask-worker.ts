import type { Decided } from './decide.ts';
import type { TryState } from './state.ts';
import type { WorkerMessage } from './worker.ts';

/** A worker that has not decided after so long is ended. */
const maxTime = 1_000;

/** What became of the last question. */
export type Outcome =
  | { readonly kind: 'decided'; readonly decided: Decided }
  | { readonly kind: 'late' }
  | { readonly kind: 'failed'; readonly message: string };

export interface AskWorker {
  /** Decides a state. Only the last one that was given gets an outcome. */
  ask(state: TryState): void;
  stop(): void;
}

/** Decides states in a worker, so that the page never waits: one at a time, and of those that wait the last. */
export function createAskWorker(report: (outcome: Outcome) => void): AskWorker {
  let worker: Worker | undefined;
  let isReady = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: TryState | undefined;

  function end(): void {
    clearTimeout(timer);
    timer = undefined;
    worker?.terminate();
    worker = undefined;
    isReady = false;
  }

  function finish(outcome: Outcome): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === undefined) report(outcome);
    else next();
  }

  function receive(message: WorkerMessage): void {
    if (message.kind === 'ready') {
      isReady = true;
      next();
    } else {
      finish(message);
    }
  }

  function start(): Worker {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    started.onmessage = ({ data }: MessageEvent<WorkerMessage>) => receive(data);
    started.onerror = () => {
      end();
      finish({ kind: 'failed', message: 'The worker of this page could not be loaded.' });
    };
    return started;
  }

  function next(): void {
    worker ??= start();
    if (!isReady || timer !== undefined || waiting === undefined) return;
    // Only what it decides counts, and not what it takes to load it.
    timer = setTimeout(() => {
      end();
      finish({ kind: 'late' });
    }, maxTime);
    worker.postMessage(waiting);
    waiting = undefined;
  }

  return {
    ask(state) {
      waiting = state;
      next();
    },
    stop: end,
  };
}
