/** Counts things by key, such as sockets by address. */
export interface Counter {
  of(key: string): number;
  /** Adds one. The returned function subtracts it; only its first call counts. */
  add(key: string): () => void;
}

export function createCounter(): Counter {
  const counts = new Map<string, number>();
  const of = (key: string) => counts.get(key) ?? 0;
  return {
    of,
    add(key) {
      counts.set(key, of(key) + 1);
      let isCounted = true;
      return () => {
        if (!isCounted) return;
        isCounted = false;
        const left = of(key) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
    },
  };
}
