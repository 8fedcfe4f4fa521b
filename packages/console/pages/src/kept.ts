import { useSyncExternalStore } from 'react';

/** What is kept in an entry of the history. With another scope, it is not found. */
interface Entry<Value> {
  readonly scope: string;
  readonly value: Value;
}

/** By name. The console alone writes it. */
type Kept<Value> = Readonly<Record<string, Entry<Value>>>;

const changed = 'kept';

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  window.addEventListener(changed, listener);
  return () => {
    window.removeEventListener('hashchange', listener);
    window.removeEventListener(changed, listener);
  };
}

/** Reads what the current entry of the history keeps. */
export function readKept<Value>(name: string): Entry<Value> | undefined {
  const kept: Kept<Value> | null = window.history.state;
  return kept?.[name];
}

/** Keeps something in the current entry of the history, where the way back finds it again. */
export function keep<Value>(name: string, scope: string, value: Value): void {
  const kept: Kept<Value> | null = window.history.state;
  window.history.replaceState({ ...kept, [name]: { scope, value } }, '');
}

/** What a component keeps in the entry of the history, and shows. With another scope, it is undefined. */
export function useKept<Value>(name: string, scope: string) {
  const found = useSyncExternalStore(subscribe, () => readKept<Value>(name));
  return {
    kept: found?.scope === scope ? found.value : undefined,
    keep(value: Value): void {
      keep(name, scope, value);
      window.dispatchEvent(new Event(changed));
    },
  };
}
