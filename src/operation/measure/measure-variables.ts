/** How large the variables of a request are, as JSON. */
export interface VariableCounts {
  readonly variables: number;
  /** Scalars, lists and objects, at any depth. */
  readonly values: number;
  /** Lists and objects inside one another; a scalar alone has 0. */
  readonly depth: number;
}

/** Measures variables without recursion: JSON may be nested deeper than the stack is. */
export function measureVariables(
  variables: Readonly<Record<string, unknown>> | null | undefined,
): VariableCounts {
  const top = Object.values(variables ?? {});
  const waiting = top.map((value) => ({ value, depth: 0 }));
  let values = 0;
  let deepest = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    values += 1;
    const { value, depth: above } = next;
    if (typeof value !== 'object' || value === null) continue;
    const depth = above + 1;
    deepest = Math.max(deepest, depth);
    for (const inside of Object.values(value)) waiting.push({ value: inside, depth });
  }
  return { variables: top.length, values, depth: deepest };
}
