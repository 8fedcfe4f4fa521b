/** Returns the map at a key. Adds an empty one if it is missing. */
export function getOrAdd<K, Key, Value>(maps: Map<K, Map<Key, Value>>, key: K): Map<Key, Value> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const added = new Map<Key, Value>();
  maps.set(key, added);
  return added;
}
