/** A group that asks for more factors than the viewer has proved. */
interface Withheld {
  readonly group: string;
  readonly enrolUntil: string | null;
  readonly mayEnrol: boolean;
}

/** What stands between a viewer and groups that were granted to it, or soon will. */
export type NoticeKind = 'grace' | 'open' | 'closed' | 'prove';

/** Groups that the same thing keeps from a viewer. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly groups: readonly string[];
  /** The first end of the time to enrol. Null: the account has a second factor. */
  readonly until: string | null;
  readonly mayEnrol: boolean;
}

/** Returns what to say about withheld groups, by what keeps them. `held` are the groups that the viewer may use. */
export function toNotices(
  withheld: readonly Withheld[],
  held: readonly string[],
): readonly Notice[] {
  const kinds = withheld.map((each) => kindOf(each, held));
  return order.flatMap((kind) => {
    const found = withheld.filter((_each, index) => kinds[index] === kind);
    const [first] = found.toSorted((one, other) =>
      String(one.enrolUntil).localeCompare(String(other.enrolUntil)),
    );
    if (first === undefined) return [];
    const { enrolUntil: until, mayEnrol } = first;
    return [{ kind, groups: found.map(({ group }) => group), until, mayEnrol }];
  });
}

const order: readonly NoticeKind[] = ['closed', 'open', 'prove', 'grace'];

function kindOf(
  { group, enrolUntil, mayEnrol }: Withheld,
  held: readonly string[],
): NoticeKind | undefined {
  // A factor that was added in time is asked for at the next log-in.
  if (held.includes(group)) return enrolUntil === null ? undefined : 'grace';
  if (enrolUntil === null) return 'prove';
  return mayEnrol ? 'open' : 'closed';
}

/** Returns the groups that the viewer may not use now. */
export const pausedOf = (notices: readonly Notice[]): readonly string[] =>
  notices.filter(({ kind }) => kind !== 'grace').flatMap(({ groups }) => groups);

/** Whether the account may add a factor: a first one only in its time. */
export const mayAddFactor = (notices: readonly Notice[]): boolean =>
  !notices.some(({ until, mayEnrol }) => until !== null && !mayEnrol);
