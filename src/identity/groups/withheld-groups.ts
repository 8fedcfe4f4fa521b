import type { AuthenticatedViewer } from '../../authentication/viewer.ts';
import type { Grant, Group } from '../../values/groups.ts';
import type { FactorRules } from '../../values/proof.ts';
import type { HeldGroupsOf } from './held-groups.ts';
import { readKindsHeld } from './kinds-held.ts';

export interface FindWithheldOptions {
  readonly heldGroups: Pick<HeldGroupsOf, 'asking'>;
  readonly rules: readonly Pick<FactorRules, 'withoutFactor' | 'enrolmentOpenUntil'>[];
  /** Reads the memberships of a user that have not expired. */
  readonly grantsOf: (userId: string) => Promise<readonly Grant[]>;
  readonly now: () => Date;
}

/** A group that asks for more factors than its viewer has proved, as clients get it. */
export interface WithheldGroup {
  readonly group: Group;
  /** How many kinds of factors it asks for. */
  readonly factors: number;
  /** The end of the time to enrol a first factor. Null: the account has one, which the session has not proved. */
  readonly enrolUntil: Date | null;
  readonly mayEnrol: boolean;
}

/** Returns the groups that are withheld from a viewer, and those that will be at the end of their grace. */
export type FindWithheld = (viewer: AuthenticatedViewer) => Promise<readonly WithheldGroup[]>;

/** Creates the function that finds withheld groups. It reads nothing where no package has rules for factors. */
export function createFindWithheld(options: FindWithheldOptions): FindWithheld {
  const { heldGroups, rules, grantsOf, now } = options;
  return async (viewer) => {
    if (viewer.kind !== 'user' || rules.length === 0) return [];
    const { userId, authenticatedAt = {} } = viewer;
    const at = now();
    const asking = heldGroups.asking(await grantsOf(userId), authenticatedAt, at);
    if (asking.length === 0) return [];
    const kindsHeld = await readKindsHeld(rules, userId);
    const enrolling = asking.filter(({ factors }) => factors > kindsHeld);
    const openUntil = enrolling.length === 0 ? at : await readOpening(options, userId);
    // One group whose grace is over closes enrolment for the account.
    const mayEnrol = openUntil > at || enrolling.every(({ from }) => from > at);
    return asking.map(({ group, factors, from }) =>
      factors > kindsHeld
        ? { group, factors, enrolUntil: latest(openUntil, from), mayEnrol }
        : { group, factors, enrolUntil: null, mayEnrol: false },
    );
  };
}

const latest = (...times: readonly Date[]): Date => new Date(Math.max(...times.map(Number)));

/** Returns until when an administrator has opened enrolment: the latest time. The start of 1970: none has. */
async function readOpening({ rules }: FindWithheldOptions, userId: string): Promise<Date> {
  const open = await Promise.all(rules.map((each) => each.enrolmentOpenUntil(userId)));
  return latest(new Date(0), ...open.flatMap((each) => each ?? []));
}
