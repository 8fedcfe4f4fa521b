import { compareAccess } from '@graphql-gatehouse/authorization/reports';
import type { AccessChangesReport } from '../schema/packages/package-reports.ts';
import type { AccessSnapshot } from './access-snapshot.ts';
import { describeDemand } from './reported-schema.ts';

/** What differs between two served schemas. */
export type SnapshotChanges = Omit<AccessChangesReport, 'since' | 'isServed'>;

/** Compares the stored texts of two served schemas. Pure. */
export function compareSnapshots(formerContent: string, presentContent: string): SnapshotChanges {
  const former: AccessSnapshot = JSON.parse(formerContent);
  const present: AccessSnapshot = JSON.parse(presentContent);
  const removedGroups = missingFrom(present.groups, former.groups);
  const columns = [...present.groups, ...removedGroups];
  return {
    ...compareAccess(former.access, present.access, columns),
    newGroups: missingFrom(former.groups, present.groups),
    removedGroups,
    settings: compareTexts(describeSettings(former), describeSettings(present)),
  };
}

const missingFrom = (known: readonly string[], names: readonly string[]): readonly string[] =>
  names.filter((name) => !known.includes(name));

type Texts = ReadonlyMap<string, string>;

/** Describes what guards do not say, in sentences by what they are about. */
const describeSettings = ({ implied, groupFactors, reportsOnly }: AccessSnapshot): Texts =>
  new Map([
    ...Object.entries(implied).map(
      ([group, names]) =>
        [`implied ${group}`, `**${group}** implies ${names.toSorted().join(', ')}.`] as const,
    ),
    ...Object.entries(groupFactors).map(
      ([group, factors]) => [`factors ${group}`, describeDemand(group, factors)] as const,
    ),
    ...(reportsOnly ? [['denials', 'Nothing is denied: AUTHORIZATION=report.'] as const] : []),
  ]);

const compareTexts = (former: Texts, present: Texts): SnapshotChanges['settings'] =>
  [...new Set([...present.keys(), ...former.keys()])]
    .map((about) => ({ was: former.get(about) ?? null, now: present.get(about) ?? null }))
    .filter(({ was, now }) => was !== now);
