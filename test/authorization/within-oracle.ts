import { type Person, rows, viewerFrom } from './within-world.ts';

/** The type of the places of each group, and by which property the rows of each type are in one: as the SDL says it. */
const placeOfGroup: Readonly<Record<string, string>> = {
  OWNER: 'Organization',
  BILLING: 'Organization',
  MEMBER: 'Organization',
  EDITOR: 'Project',
};
const placesOfType: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Organization: { Organization: 'id' },
  Invoice: { Organization: 'organizationId' },
  Project: { Organization: 'organizationId', Project: 'id' },
  Task: { Organization: 'organizationId', Project: 'projectId' },
};

/** One clause: its groups, and the policies beside them. */
interface Clause {
  readonly groups: readonly string[];
  readonly friend?: true;
  readonly customer?: true;
}

/** An id in the arguments of a call, and the clauses that stand on it. */
export interface NamedId {
  readonly type: string;
  readonly id: unknown;
  readonly clauses?: readonly Clause[];
}

/** A call of a mutation: its clauses, those of its plain inputs, and its ids. */
export interface Call {
  readonly clauses: readonly Clause[];
  readonly ids: readonly NamedId[];
}

export type Verdict = 'done' | 401 | 403 | 404;

const rulesOfTypes: Readonly<Record<string, Clause>> = {
  Organization: { groups: ['ADMIN', 'MEMBER'] },
  Invoice: { groups: ['ACCOUNTANT', 'MEMBER'], customer: true },
  Project: { groups: ['MEMBER', 'EDITOR'] },
  Task: { groups: ['EDITOR', 'OWNER'] },
  Note: { groups: [] },
};

type Row = Readonly<Record<string, unknown>>;

const isGlobal = (group: string): boolean => placeOfGroup[group] === undefined;

const holdsGlobally = ({ groups: held = [] }: Person, { groups }: Clause): boolean =>
  groups.some((group) => isGlobal(group) && held.includes(group));

/** The places in which a person holds a group, with what implies it. */
function placesOf(person: Person, group: string): ReadonlySet<string> {
  const viewer = viewerFrom(person);
  return viewer.isAuthenticated && viewer.placesOf !== undefined
    ? viewer.placesOf(group)
    : new Set();
}

/** Whether a group of a clause is held in a place of a row. Undefined: the row is in no such place. */
function holdsIn(person: Person, clause: Clause, type: string, row: Row): boolean | undefined {
  const placed = clause.groups.filter((group) => !isGlobal(group));
  const relevant = placed.filter(
    (group) => placesOfType[type]?.[placeOfGroup[group] ?? ''] !== undefined,
  );
  if (relevant.length === 0) return undefined;
  return relevant.some((group) => {
    const property = placesOfType[type]?.[placeOfGroup[group] ?? ''] ?? '';
    const place = row[property];
    return place !== null && placesOf(person, group).has(String(place));
  });
}

/** Whether a row exists for a person, by the rule of its type. */
export function exists(person: Person, type: string, row: Row): boolean {
  const rule = rulesOfTypes[type];
  if (rule === undefined || rule.groups.length === 0) return true;
  if (holdsGlobally(person, rule)) return true;
  if (rule.customer && person.name !== undefined && row.customer === person.name) return true;
  return holdsIn(person, rule, type, row) === true;
}

export const rowOf = (type: string, id: unknown): Row | undefined =>
  rows[type]?.find((row) => row.id === id);

const isFriend = (person: Person, { friend }: Clause): boolean =>
  friend === true && person.isFriend === true;

const holdsAnywhere = (person: Person, { groups }: Clause): boolean =>
  groups.some((group) => !isGlobal(group) && placesOf(person, group).size > 0);

/** Decides a call as the contract says it, in its order. */
export function decideCall(person: Person | undefined, { clauses, ids }: Call): Verdict {
  if (person === undefined) return 401;
  const supplied = ids.filter(({ clauses: own }) => own !== undefined);
  const all = [...clauses, ...supplied.flatMap(({ clauses: own = [] }) => own)];
  const isPassed = (clause: Clause) => holdsGlobally(person, clause) || isFriend(person, clause);
  // Step 2: who holds no group of a clause anywhere.
  if (all.some((clause) => !isPassed(clause) && !holdsAnywhere(person, clause))) return 403;
  // Step 4: rows that are hidden or missing, and then places.
  const named = ids.filter(({ id }) => id !== null && id !== undefined);
  const found = named.map((each) => ({ ...each, row: rowOf(each.type, each.id) }));
  if (found.some(({ type, row }) => row === undefined || !exists(person, type, row))) return 404;
  const isMet = (clause: Clause, counted: typeof found): boolean => {
    if (isPassed(clause)) return true;
    const answers = counted.map(({ type, row = {} }) => holdsIn(person, clause, type, row));
    const relevant = answers.filter((answer) => answer !== undefined);
    return relevant.length > 0 && !relevant.includes(false);
  };
  const ofField = clauses.every((clause) => isMet(clause, found));
  const ofIds = ids.every(({ clauses: own = [], ...id }) =>
    own.every((clause) =>
      isMet(
        clause,
        found.filter((each) => each.type === id.type && each.id === id.id && each.clauses === own),
      ),
    ),
  );
  return ofField && ofIds ? 'done' : 403;
}
