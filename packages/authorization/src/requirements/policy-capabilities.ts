import type { Problem } from './offence.ts';
import type { Clause } from './requirement.ts';

/** What a policy of the application can do: decide about one object, and return a filter for lists of them. */
export interface PolicyCapabilities {
  readonly admits: boolean;
  readonly where: boolean;
  /** Whether it says which properties of an object it reads. A function can read all of them. */
  readonly reads: boolean;
}

/** What each policy that the application passes can do, by name. */
export type KnownPolicies = ReadonlyMap<string, PolicyCapabilities>;

/** Reads what policies can do, which may be written in JavaScript. A function has `admits` alone. */
export const readPolicyCapabilities = (
  policies: Readonly<Record<string, unknown>>,
): KnownPolicies =>
  new Map(Object.entries(policies).map(([name, policy]) => [name, capabilitiesOf(policy)]));

/** Assumes that every policy can do all, as on a machine that builds a front end. */
export const assumePolicyCapabilities = (names: Iterable<string>): KnownPolicies =>
  new Map([...names].map((name) => [name, { admits: true, where: true, reads: true }]));

function capabilitiesOf(policy: unknown): PolicyCapabilities {
  if (typeof policy === 'function') return { admits: true, where: false, reads: true };
  const { admits, where, reads }: { admits?: unknown; where?: unknown; reads?: unknown } =
    Object(policy);
  return {
    admits: typeof admits === 'function',
    where: typeof where === 'function',
    // Without `admits` it reads nothing.
    reads:
      typeof admits !== 'function' ||
      (Array.isArray(reads) && reads.every((name) => typeof name === 'string')),
  };
}

/** Lists what a clause needs and its policies cannot do. Unknown policies are not listed. */
export function missingCapabilities(
  { or, rows = [] }: Clause,
  known: KnownPolicies,
  directive = 'auth',
): readonly Problem[] {
  const missing = (
    argument: string,
    capability: keyof PolicyCapabilities,
    names: readonly string[],
  ) =>
    names
      .filter((name) => known.get(name)?.[capability] === false)
      .map((name) => ({
        name: 'policy-incomplete' as const,
        problem: `@${directive}(${argument}:): the policy ${name} has no \`${capability}\``,
      }));
  return [
    ...missing('or', 'admits', or),
    ...missing('or', 'reads', or),
    ...missing('rows', 'admits', rows),
    ...missing('rows', 'where', rows),
    ...missing('rows', 'reads', rows),
  ];
}
