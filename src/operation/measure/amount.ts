/** Coerced variables; undefined when they cannot be coerced. */
export type Variables = Readonly<Record<string, unknown>> | undefined;

/** A number, or what depends on the variables of a request. */
export type Amount = number | ((variables: Variables) => number);

export const amountFor = (amount: Amount, variables: Variables): number =>
  typeof amount === 'number' ? amount : amount(variables);

export function sum(amounts: readonly Amount[]): Amount {
  let fixed = 0;
  const open: Exclude<Amount, number>[] = [];
  for (const amount of amounts) {
    if (typeof amount === 'number') fixed += amount;
    else open.push(amount);
  }
  if (open.length === 0) return fixed;
  return (variables) => open.reduce((total, each) => total + each(variables), fixed);
}

export function product(left: Amount, right: Amount): Amount {
  if (typeof left === 'number' && typeof right === 'number') return left * right;
  return (variables) => amountFor(left, variables) * amountFor(right, variables);
}

/** Computes an amount once for the same variables: fragments that stand in one another would double the time. */
export function computedOnce(amount: Amount): Amount {
  if (typeof amount === 'number') return amount;
  // Weak: variables hold passwords, and must not outlive their request.
  const computed = new WeakMap<object, number>();
  return (variables) => {
    const key = variables ?? amount;
    const value = computed.get(key) ?? amount(variables);
    computed.set(key, value);
    return value;
  };
}
