import type { Person } from './within-world.ts';

/** One clause: its groups, and the policies beside them. */
export interface Clause {
  readonly groups: readonly string[];
  readonly friend?: true;
  readonly customer?: true;
}

export interface PlacedType {
  /** By which property its rows are in a place of each type. */
  readonly places: Readonly<Record<string, string>>;
  /** The clauses of the type and of its interfaces. None: all rows exist. */
  readonly rule: readonly Clause[];
}

type Row = Readonly<Record<string, unknown>>;

/** What the SDL and the rows of a world say. */
export interface PlacedWorld {
  /** Within which type a group is held, unless it is global, and what it implies. */
  readonly groups: Readonly<
    Record<string, { readonly within?: string; readonly implies: readonly string[] }>
  >;
  readonly types: Readonly<Record<string, PlacedType>>;
  readonly rows: Readonly<Record<string, readonly Row[]>>;
}

/** An id in the arguments of a call, and the clauses that stand on it. */
export interface NamedId {
  readonly type: string;
  readonly id: unknown;
  readonly clauses?: readonly Clause[];
}

/** A call of a field: its clauses with those of its plain inputs, and its ids. */
export interface Call {
  readonly clauses: readonly Clause[];
  readonly ids: readonly NamedId[];
}

export type Verdict = 'done' | 401 | 403 | 404;

/** Decides by the contract alone. */
export interface PlacesOracle {
  /** Whether a row exists for a person, by the rule of its type. */
  exists(person: Person, type: string, row: Row): boolean;
  /** Decides calls of root fields in one operation, in the order of the contract. */
  decideCalls(person: Person | undefined, calls: readonly Call[]): Verdict;
  /**
   * Decides an operation that lists the rows of types, and asks for fields of them. Returns the rows by types, if nothing is
   * refused.
   */
  decideList(person: Person | undefined, asked: AskedList): Verdict | readonly Row[];
}

/** Rows of these types, and the calls of fields of each type. Fields of several types are asked for in fragments. */
export interface AskedList {
  readonly types: readonly string[];
  readonly calls: Readonly<Record<string, readonly Call[]>>;
}

/** Creates the oracle of a world. */
export function createPlacesOracle({ groups, types, rows }: PlacedWorld): PlacesOracle {
  const placeTypeOf = (group: string): string | undefined => groups[group]?.within;
  const isGlobal = (group: string): boolean => placeTypeOf(group) === undefined;
  const closed = (group: string): readonly string[] => [
    group,
    ...(groups[group]?.implies ?? []).flatMap(closed),
  ];
  const holdsGlobally = ({ groups: held = [] }: Person, clause: Clause): boolean =>
    clause.groups.some((group) => isGlobal(group) && held.includes(group));

  /** The places in which a person has a group, with what implies it. */
  const placesOf = (person: Person, group: string): ReadonlySet<string> =>
    new Set(
      Object.entries(person.places ?? {}).flatMap(([held, ids]) =>
        closed(held).includes(group) ? ids : [],
      ),
    );

  /** Whether a group of a clause is held in a place of a row. Undefined: its type is within no such place. */
  function holdsIn(person: Person, clause: Clause, type: string, row: Row): boolean | undefined {
    const relevant = clause.groups.flatMap((group) => {
      const property = types[type]?.places[placeTypeOf(group) ?? ''];
      return property === undefined ? [] : [{ group, place: row[property] }];
    });
    if (relevant.length === 0) return undefined;
    return relevant.some(
      ({ group, place }) => place !== null && placesOf(person, group).has(String(place)),
    );
  }

  const isFriend = (person: Person, { friend }: Clause) => friend === true && person.isFriend;
  const isPassed = (person: Person, clause: Clause) =>
    holdsGlobally(person, clause) || isFriend(person, clause);
  const holdsAnywhere = (person: Person, clause: Clause): boolean =>
    clause.groups.some((group) => !isGlobal(group) && placesOf(person, group).size > 0);

  const exists: PlacesOracle['exists'] = (person, type, row) =>
    (types[type]?.rule ?? []).every(
      (clause) =>
        holdsGlobally(person, clause) ||
        (clause.customer && person.name !== undefined && row.customer === person.name) ||
        holdsIn(person, clause, type, row) === true,
    );
  const rowOf = (type: string, id: unknown) => rows[type]?.find((row) => row.id === id);

  /** The clauses of a call, and those of its ids. Each with the rows that count for it. */
  const asksOf = ({ clauses, ids }: Call) => {
    const named = ids.filter(({ id }) => id !== null && id !== undefined);
    return [
      ...clauses.map((clause) => ({ clause, counted: named, isOfId: false })),
      ...ids.flatMap((each) =>
        (each.clauses ?? []).map((clause) => ({
          clause,
          counted: named.filter((other) => other.clauses === each.clauses),
          isOfId: true,
        })),
      ),
    ];
  };

  /** What is asked before the run of a field of a row: none of its policies. */
  const withoutPolicies = ({ clauses, ids }: Call): Call => ({
    clauses: clauses.filter(({ friend }) => !friend),
    ids,
  });

  /** Step 2. Of an interface's rows it is not known which fields are run. */

  const isNowhere = (person: Person, calls: readonly Call[]): boolean =>
    calls
      .flatMap(asksOf)
      .some(({ clause }) => !isPassed(person, clause) && !holdsAnywhere(person, clause));

  /** Step 4 up to places. */
  function namesHidden(person: Person, calls: readonly Call[]): boolean {
    const isHidden = ({ type, id }: NamedId) => {
      const row = rowOf(type, id);
      return row === undefined || !exists(person, type, row);
    };
    const named = calls
      .flatMap(({ ids }) => ids)
      .filter(({ id }) => id !== null && id !== undefined);
    return named.some(isHidden);
  }

  /** Whether a clause is met by each named row that is in such a place. */
  const answersOf = (
    person: Person,
    clause: Clause,
    named: readonly NamedId[],
  ): readonly boolean[] =>
    named
      .map(({ type, id }) => holdsIn(person, clause, type, rowOf(type, id) ?? {}))
      .filter((answer) => answer !== undefined);

  const canBeIn = (type: string, { groups: asked }: Clause): boolean =>
    asked.some((group) => (placeTypeOf(group) ?? '') in (types[type]?.places ?? {}));

  /** Step 4 from places, for a field of a type, whose row is not known yet. */
  const namesStrange = (person: Person, type: string, call: Call): boolean =>
    asksOf(call).some(({ clause, counted, isOfId }) => {
      if (isPassed(person, clause) || clause.groups.every(isGlobal)) return false;
      const relevant = answersOf(person, clause, counted);
      const isLeftToRow = !isOfId && canBeIn(type, clause);
      return relevant.includes(false) || (relevant.length === 0 && !isLeftToRow);
    });

  /** Whether all clauses of a call are met by the rows that it names, and by the row whose field it is. */
  const isMet = (
    person: Person,
    call: Call,
    parent?: { readonly type: string; readonly row: Row },
  ) =>
    asksOf(call).every(({ clause, counted, isOfId }) => {
      if (isPassed(person, clause)) return true;
      const answers = answersOf(person, clause, counted);
      const own =
        isOfId || parent === undefined
          ? undefined
          : holdsIn(person, clause, parent.type, parent.row);
      const relevant = own === undefined ? answers : [...answers, own];
      return relevant.length > 0 && !relevant.includes(false);
    });

  return {
    exists,
    decideCalls(person, calls) {
      if (person === undefined) return 401;
      if (isNowhere(person, calls)) return 403;
      if (namesHidden(person, calls)) return 404;
      return calls.every((call) => isMet(person, call)) ? 'done' : 403;
    },
    decideList(person, { types: listed, calls }) {
      if (person === undefined) return 401;
      const all = listed.flatMap((type) => calls[type] ?? []);
      if (listed.length === 1 && isNowhere(person, all.map(withoutPolicies))) return 403;
      if (namesHidden(person, all)) return 404;
      const isStrange = (type: string) =>
        (calls[type] ?? []).some((call) => namesStrange(person, type, withoutPolicies(call)));
      if (listed.some(isStrange)) return 403;
      const found = listed.flatMap((type) =>
        (rows[type] ?? []).filter((row) => exists(person, type, row)).map((row) => ({ type, row })),
      );
      const isRefused = found.some((parent) =>
        (calls[parent.type] ?? []).some((call) => !isMet(person, call, parent)),
      );
      return isRefused ? 403 : found.map(({ row }) => row);
    },
  };
}
