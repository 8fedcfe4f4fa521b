import type { ConstDirectiveNode, DocumentNode } from 'graphql';
import type { Groups } from '../../values/groups.ts';
import { addToGroups, enumValueNodes, parseDirectives } from './type-defs.ts';

/** How long a proof is fresh enough to grant a group that is worth more than others. */
const freshSeconds = 900;

/**
 * Gives each group the guards of the groups that it implies: who grants it grants these too. Groups in `fresh` are
 * granted only after a fresh proof.
 */
export function guardGroups(
  documents: readonly DocumentNode[],
  groups: Pick<Groups, 'impliedBy'>,
  fresh: ReadonlySet<string>,
): readonly DocumentNode[] {
  const own = new Map(
    enumValueNodes(documents, 'Group').map(({ name, directives = [] }) => [
      name.value,
      [
        ...directives.filter((each) => each.name.value === 'auth'),
        ...(fresh.has(name.value) ? afterFreshProof : []),
      ],
    ]),
  );
  const guardsOf = (name: string): readonly ConstDirectiveNode[] => [
    ...(fresh.has(name) ? afterFreshProof : []),
    ...groups.impliedBy(name).flatMap((implied) => own.get(implied) ?? []),
  ];
  return addToGroups(documents, guardsOf);
}

const afterFreshProof = parseDirectives(`@auth(maxAge: ${freshSeconds}, readable: true)`);
