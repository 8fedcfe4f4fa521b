/** One list of `@skip` and `@include` variables that have to be true, or false where the name begins with `!`. */
type Alternative = readonly string[];

/** The values of some variables: bit `n` of `values` is that of variable `n`, and counts where `mask` has the bit. */
interface Implicant {
  readonly mask: number;
  readonly values: number;
}

/**
 * Writes a set of assignments as the alternatives of which one must hold, or undefined when every assignment is in
 * the set. Bit `n` of an assignment is the value of variable `n`.
 *
 * Finds the prime implicants and takes those that cover most (Quine and McCluskey).
 */
export function toAlternatives(
  names: readonly string[],
  assignments: ReadonlySet<number>,
): readonly Alternative[] | undefined {
  if (assignments.size === 2 ** names.length) return undefined;
  const left = new Set(assignments);
  const primes = primeImplicants(names.length, assignments);
  const coveredBy = (prime: Implicant) => [...left].filter((each) => covers(prime, each));
  const chosen: Alternative[] = [];
  while (left.size > 0) {
    const { mask, values } = primes.reduce(
      (most, each) => (coveredBy(each).length > coveredBy(most).length ? each : most),
      coversNothing,
    );
    for (const each of coveredBy({ mask, values })) left.delete(each);
    chosen.push(
      names.flatMap((name, bit) => {
        if ((mask & (1 << bit)) === 0) return [];
        return (values & (1 << bit)) === 0 ? [`!${name}`] : [name];
      }),
    );
  }
  return chosen;
}

const coversNothing: Implicant = { mask: 0, values: 1 };

const covers = ({ mask, values }: Implicant, assignment: number): boolean =>
  (assignment & mask) === values;

function primeImplicants(width: number, assignments: ReadonlySet<number>): readonly Implicant[] {
  const full = 2 ** width - 1;
  const primes: Implicant[] = [];
  let current = new Map(
    [...assignments].map((values) => [`${full} ${values}`, { mask: full, values }]),
  );
  while (current.size > 0) {
    const wider = new Map<string, Implicant>();
    for (const { mask, values } of current.values()) {
      let isPrime = true;
      for (let bit = 1; bit <= full; bit <<= 1) {
        if ((mask & bit) === 0 || !current.has(`${mask} ${values ^ bit}`)) continue;
        isPrime = false;
        const merged = { mask: mask & ~bit, values: values & ~bit };
        wider.set(`${merged.mask} ${merged.values}`, merged);
      }
      if (isPrime) primes.push({ mask, values });
    }
    current = wider;
  }
  return primes;
}
