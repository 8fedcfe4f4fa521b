import type { Requirement } from '../requirements/requirement.ts';
import { meets } from './meets.ts';
import { proves } from './proofs.ts';
import type { FindRule } from './rules.ts';
import type { Viewer } from './viewer.ts';

/**
 * The outcome of a decision by groups and proofs of identity. `narrowed`: it would run, and lists in it return only the
 * rows that a policy admits. `depends`: policies or the data decide. `reauthenticate`: it would be another outcome than
 * `denied` if the viewer proved its identity again.
 */
export type Outcome = 'allowed' | 'narrowed' | 'denied' | 'depends' | 'reauthenticate';

/** A coordinate that an operation selects, supplies or can return. */
export interface OperationNeed {
  /** The coordinate. Empty, and without a rule: the server has to be asked. */
  readonly at: string;
  /**
   * What includes it: all of one of these lists. `name` and `!name` are the values of Boolean variables in `@skip` and
   * `@include`, `@GROUP` and `!@GROUP` the groups of the viewer, and `@` any but anonymous. Absent: always.
   */
  readonly when?: readonly (readonly string[])[];
  /** The variable without which it is not supplied. */
  readonly given?: string;
  /** The variable in whose value it is the type. It stands for the input fields and enum values in there. */
  readonly in?: string;
  /** Whether the data decides if it is reached, such as the run-time type of a value. */
  readonly maybe?: true;
}

/**
 * What one operation needs, by its document alone. Compiled when a front end is built. Coordinates without a
 * requirement are left out, and so are those whose requirement is listed already.
 */
export interface OperationNeeds {
  readonly needs: readonly OperationNeed[];
  /** The defaults of the variables that matter here. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** The input of {@link decideOperation}. */
export interface NeedsRequest extends OperationNeeds {
  readonly find: FindRule;
  /** The variables, as they will be sent in JSON. */
  readonly variables: object;
  /** Returns the time at which the age of proofs is measured. Default: the present time. */
  readonly now?: () => Date;
}

/** Of several outcomes, the first in this list counts. */
const strictestFirst = ['denied', 'reauthenticate', 'depends', 'narrowed'] as const;

const strictest = (found: ReadonlySet<Outcome>): Outcome =>
  strictestFirst.find((outcome) => found.has(outcome)) ?? 'allowed';

/**
 * Decides the requirement of one coordinate: in one loop, without what a refusal says, since front ends load this code. A
 * test compares it with the decision of the server.
 */
export function decideRequirement(
  requirement: Requirement,
  viewer: Viewer,
  now: Date = new Date(),
): Outcome {
  if (!viewer.isAuthenticated) return requirement.length > 0 ? 'denied' : 'allowed';
  const { groups, authenticatedAt, withheld } = viewer;
  const unproven = authenticatedAt === 'EACH_REQUEST' ? 'denied' : 'reauthenticate';
  const found = new Set<Outcome>();
  for (const clause of requirement) {
    if (!proves(clause, viewer, now)) found.add(unproven);
    if (meets(clause, groups)) continue;
    if (clause.rows) found.add('narrowed');
    // A front end does not know the places of its viewer.
    else if (clause.or.length > 0 || clause.within) found.add('depends');
    else if (withheld && !withheld.mustEnrol && meets(clause, withheld.groups)) found.add(unproven);
    else found.add('denied');
  }
  return strictest(found);
}

/**
 * Decides a whole operation by groups and proofs alone, as the server does before it runs. Pure. A coordinate without a
 * rule makes it depend: the server has to be asked.
 */
export function decideOperation(
  { find, needs, defaults, variables, now }: NeedsRequest,
  viewer: Viewer,
): Outcome {
  const values = new Map<string, unknown>(
    Object.entries({ ...defaults, ...JSON.parse(JSON.stringify(variables)) }),
  );
  if (viewer.isAuthenticated)
    for (const group of ['', ...viewer.groups]) values.set(`@${group}`, true);
  const holds = (name: string): boolean =>
    (values.get(name.replace('!', '')) === true) !== name.startsWith('!');
  const time = now?.();
  const found = new Set<Outcome>();
  for (const need of needs) {
    if (need.when?.some((all) => all.every(holds)) === false) continue;
    if (need.given && !values.has(need.given)) continue;
    const inside = need.in && suppliedBy(find, need.at, values.get(need.in));
    for (const coordinate of inside ?? [need.at]) {
      const rule = find(coordinate);
      const outcome = rule ? decideRequirement(rule.requirement, viewer, time) : 'depends';
      const isSure = !need.maybe || outcome === 'allowed' || outcome === 'narrowed';
      found.add(isSure ? outcome : 'depends');
    }
  }
  return strictest(found);
}

/** Returns the input fields and enum values in the value of a variable, at any depth. */
function suppliedBy(find: FindRule, type: string, value: unknown): readonly string[] {
  if (typeof value === 'string') return [`${type}.${value}`];
  if (Array.isArray(value)) return value.flatMap((item) => suppliedBy(find, type, item));
  return Object.entries(value ?? {}).flatMap(([name, inside]) => {
    const coordinate = `${type}.${name}`;
    const inputType = find(coordinate)?.inputType;
    return [coordinate, ...(inputType ? suppliedBy(find, inputType, inside) : [])];
  });
}
