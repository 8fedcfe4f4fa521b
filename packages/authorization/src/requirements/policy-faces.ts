import type { Clause } from './requirement.ts';

/** What a policy of the application can do: decide about one object, and return a filter for lists of them. */
export interface PolicyFaces {
  readonly admits: boolean;
  readonly where: boolean;
  /** Whether it says which properties of an object it reads. A function can read all of them. */
  readonly reads: boolean;
}

/** The faces of each policy that the application passes, by name. */
export type KnownPolicies = ReadonlyMap<string, PolicyFaces>;

/** Reads the faces of policies, which may be written in JavaScript. A function has the face `admits`. */
export const readPolicyFaces = (policies: Readonly<Record<string, unknown>>): KnownPolicies =>
  new Map(Object.entries(policies).map(([name, policy]) => [name, facesOf(policy)]));

/** Assumes that every policy has both faces, as on a machine that builds a front end. */
export const assumePolicyFaces = (names: Iterable<string>): KnownPolicies =>
  new Map([...names].map((name) => [name, { admits: true, where: true, reads: true }]));

function facesOf(policy: unknown): PolicyFaces {
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

/** Lists the faces that a clause needs and its policies do not have. Unknown policies are not listed. */
export function missingFaces(
  { or, rows = [] }: Clause,
  known: KnownPolicies,
  directive = 'auth',
): readonly string[] {
  const missing = (argument: string, face: keyof PolicyFaces, names: readonly string[]) =>
    names
      .filter((name) => known.get(name)?.[face] === false)
      .map((name) => `@${directive}(${argument}:): the policy ${name} has no \`${face}\``);
  return [
    ...missing('or', 'admits', or),
    ...missing('or', 'reads', or),
    ...missing('rows', 'admits', rows),
    ...missing('rows', 'where', rows),
    ...missing('rows', 'reads', rows),
  ];
}
