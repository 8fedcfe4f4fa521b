import { useSyncExternalStore } from 'react';

/** What is kept in an entry of the history, by name. The console alone writes it. */
type Kept<Value> = Readonly<Record<string, { readonly scope: string; readonly value: Value }>>;

const changed = 'kept';

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  window.addEventListener(changed, listener);
  return () => {
    window.removeEventListener('hashchange', listener);
    window.removeEventListener(changed, listener);
  };
}

/** Keeps something in the entry of the history, where the way back finds it again. With another scope, it is undefined. */
export function useKept<Value>(name: string, scope: string) {
  const read = () => {
    const kept: Kept<Value> | null = window.history.state;
    return kept?.[name];
  };
  const found = useSyncExternalStore(subscribe, read);
  return {
    kept: found?.scope === scope ? found.value : undefined,
    keep(value: Value): void {
      const kept: Kept<Value> | null = window.history.state;
      window.history.replaceState({ ...kept, [name]: { scope, value } }, '');
      window.dispatchEvent(new Event(changed));
    },
  };
}
