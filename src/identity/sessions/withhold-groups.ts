import type { UserViewer } from '../../authentication/viewer.ts';
import type { FactorRules } from '../../values/proof.ts';
import type { HeldGroupsOf } from '../groups/held-groups.ts';
import { readKindsHeld } from '../groups/kinds-held.ts';
import type { FindWithheldOptions } from '../groups/withheld-groups.ts';

export interface WithholdGroupsOptions extends Omit<FindWithheldOptions, 'heldGroups' | 'rules'> {
  readonly heldGroups: HeldGroupsOf;
  readonly rules: readonly Pick<FactorRules, 'withoutFactor'>[];
}

/** Returns a viewer without the groups that its session has not proved enough for. */
export type WithholdGroups = (viewer: UserViewer) => Promise<UserViewer> | UserViewer;

/** Creates the function that withholds groups. It reads more for viewers alone who lack a proof. */
export function createWithholdGroups(options: WithholdGroupsOptions): WithholdGroups {
  const { heldGroups, now } = options;
  return (viewer) =>
    heldGroups.mayWithhold(viewer.groups, viewer.authenticatedAt ?? {}, now())
      ? withhold(viewer, options)
      : viewer;
}

async function withhold(
  viewer: UserViewer,
  { heldGroups, rules, grantsOf, now }: WithholdGroupsOptions,
): Promise<UserViewer> {
  const { userId, authenticatedAt = {} } = viewer;
  const { groups, withheld, factors } = heldGroups.of(
    await grantsOf(userId),
    authenticatedAt,
    now(),
  );
  if (withheld.size === 0) return viewer;
  const mustEnrol = factors > (await readKindsHeld(rules, userId));
  return { ...viewer, groups: new Set(groups), withheld: { groups: withheld, factors, mustEnrol } };
}
