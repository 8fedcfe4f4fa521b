/** Groups values by a key, in the order in which the keys occur first. */
export function groupBy<Key, Value>(
  values: Iterable<Value>,
  keyOf: (value: Value) => Key,
): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const alike = groups.get(key);
    if (alike === undefined) groups.set(key, [value]);
    else alike.push(value);
  }
  return groups;
}
