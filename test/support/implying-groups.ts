import fc from 'fast-check';

/** Groups of which earlier ones can imply later ones. */
export const groupNames = ['A', 'B', 'C', 'D', 'E', 'F'] as const;

/** The groups in the `@implies` of each group. */
export type Implied = Readonly<Record<string, readonly string[]>>;

export const implications: fc.Arbitrary<Implied> = fc
  .tuple(...groupNames.map((_name, index) => fc.subarray([...groupNames.slice(index + 1)])))
  .map((lists) => Object.fromEntries(groupNames.map((name, index) => [name, lists[index] ?? []])));

/** The values of the enum `Group`. */
export const groupValues = (implied: Implied): string =>
  groupNames
    .map((name) => {
      const groups = implied[name] ?? [];
      return groups.length === 0 ? name : `${name} @implies(groups: [${groups.join(' ')}])`;
    })
    .join('\n');

/** The memberships of a user, what groups ask for, and how many kinds of factors the session has proved. */
export interface HoldingCase {
  readonly granted: readonly { readonly group: string; readonly daysAgo: number }[];
  readonly demands: readonly {
    readonly group: string;
    readonly factors: 1 | 2;
    readonly graceDays: number;
  }[];
  readonly kinds: 0 | 1 | 2;
}

const name = fc.constantFrom(...groupNames);

/** Each group is granted, and asks for factors, at most once. */
export const holdingCases = (kinds: readonly HoldingCase['kinds'][]): fc.Arbitrary<HoldingCase> =>
  fc.record({
    granted: fc.uniqueArray(fc.record({ group: name, daysAgo: fc.integer({ min: 1, max: 4 }) }), {
      minLength: 1,
      maxLength: 3,
      selector: ({ group }) => group,
    }),
    demands: fc.uniqueArray(
      fc.record({
        group: name,
        factors: fc.constantFrom(1 as const, 2 as const),
        graceDays: fc.integer({ min: 0, max: 4 }),
      }),
      { minLength: 1, maxLength: 3, selector: ({ group }) => group },
    ),
    kinds: fc.constantFrom(...kinds),
  });

/**
 * Returns the groups that a session may use: those of the memberships that give no group which asks for more than was
 * proved, for any membership that is older than its grace.
 */
export function oracleOf(
  implied: Implied,
  { granted, demands, kinds }: HoldingCase,
): readonly string[] {
  const gives = (from: string, to: string): boolean =>
    from === to || (implied[from] ?? []).some((next) => gives(next, to));
  const isDue = (each: HoldingCase['demands'][number]): boolean =>
    each.factors > kinds &&
    granted.some(({ group, daysAgo }) => gives(group, each.group) && daysAgo >= each.graceDays);
  const usable = granted.filter(
    ({ group }) => !demands.some((each) => isDue(each) && gives(group, each.group)),
  );
  return groupNames.filter((each) => usable.some(({ group }) => gives(group, each)));
}
