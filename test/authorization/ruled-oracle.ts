import { groupsInEffect } from './groups-in-effect.ts';
import type { Oracle } from './oracle.ts';
import {
  connectionName,
  type DrawnClause,
  type DrawnViewer,
  groupsOf,
  holderName,
  isPaging,
  listOf,
  ofOwn,
  type PartName,
  possibleOf,
  type RuledField,
  type RuledRow,
  type RuledWorld,
  type Target,
} from './ruled-generators.ts';
import type { RuledOperation, Selection } from './ruled-operations.ts';

type Path = readonly (string | number)[];

/** An error that an answer can list. */
export interface Problem {
  readonly path: Path;
  readonly code: 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR';
  /** Whether it is found after a part of the connection was delivered, so that a query has no data. */
  readonly isLate: boolean;
  /** Where the null stands that it leaves: a problem above it can hide it. */
  readonly at: Path;
  /** The call of a resolver that made a mistake with rows. */
  readonly mistake?: Mistake;
}

/** The field whose resolver made a mistake with rows, and where. */
interface Mistake {
  readonly coordinate: string;
  readonly path: Path;
}

/** What the contract says about one answer. */
export interface Expected {
  readonly data: unknown;
  readonly problems: readonly Problem[];
  /** Whether a rule has hidden something from the viewer. */
  readonly hides: boolean;
  /** Whether a policy in `or` has refused something, or would have. */
  readonly refuses: boolean;
  /** Whether an object of a type with a rule is delivered, or a field with a guard is selected on an object. */
  readonly reachesGuarded: boolean;
}

/** A value, with the problems in it. `open` are those that leave no value. */
interface Outcome {
  readonly value: unknown;
  readonly landed: readonly Problem[];
  readonly open: readonly Omit<Problem, 'at'>[];
}

const plain = (value: unknown): Outcome => ({ value, landed: [], open: [] });
const failed = (problem: Omit<Problem, 'at'>): Outcome => ({
  value: undefined,
  landed: [],
  open: [problem],
});

/** Lets problems leave null at a place that can be null. */
const settle = (outcome: Outcome, path: Path, isStrict: boolean): Outcome =>
  outcome.open.length === 0 || isStrict
    ? outcome
    : {
        value: null,
        landed: [...outcome.landed, ...outcome.open.map((each) => ({ ...each, at: path }))],
        open: [],
      };

function join(
  parts: readonly Outcome[],
  toValue: (values: readonly unknown[]) => unknown,
): Outcome {
  const open = parts.flatMap((each) => each.open);
  const landed = parts.flatMap((each) => each.landed);
  return {
    value: open.length > 0 ? undefined : toValue(parts.map(({ value }) => value)),
    landed,
    open,
  };
}

/** How the library runs. */
export interface Running {
  readonly viewer: DrawnViewer;
  /** Whether every object is shown: to an anonymous viewer until one is refused, and in a dry run. */
  readonly showsAll: boolean;
  /** Says what an anonymous viewer is refused. */
  readonly oracle?: Oracle;
}

/**
 * A second opinion on rules for types, written from the contract alone: which objects exist for a viewer is decided by
 * their type, and then what each field shows of them.
 */
export function expectedOf(
  world: RuledWorld,
  operation: RuledOperation,
  { viewer, showsAll, oracle }: Running,
): Expected {
  const held = groupsInEffect(world.implications, viewer.groups ?? []);
  let hides = false;
  let refuses = false;
  let reachesGuarded = false;
  const isHeld = ({ requires }: DrawnClause) => requires.some((group) => held.has(group));
  const passes = (row: RuledRow) => (clause: DrawnClause) =>
    isHeld(clause) || clause.rows.some((policy) => admits(policy, row, viewer));
  const isShown = (row: RuledRow, { clauses }: Pick<RuledField, 'clauses'>): boolean => {
    const isAdmitted = [...ruleOf(world, row.type), ...clauses].every(passes(row));
    if (!isAdmitted) hides = true;
    return showsAll || isAdmitted;
  };
  const isNarrowed = ({ of, clauses }: RuledField): boolean =>
    !showsAll &&
    [...clauses, ...possibleOf(world, of).flatMap((name) => ruleOf(world, name))].some(
      (clause) => !isHeld(clause),
    );
  const rowAt = (id: Target): RuledRow | undefined => world.rows.find((row) => row.id === id);
  const fails = ({ coordinate, path }: Mistake, at = path): Outcome =>
    failed({
      path: at,
      code: 'INTERNAL_SERVER_ERROR',
      isLate: at !== path,
      mistake: { coordinate, path },
    });

  /** A value that can be null, which policies in `or` decide about. */
  function ifAdmitted(isAdmitted: boolean, path: Path, value: () => Outcome): Outcome {
    if (!isAdmitted) refuses = true;
    const isRefused = !isAdmitted && !showsAll;
    return settle(
      isRefused ? failed({ path, code: 'FORBIDDEN', isLate: false }) : value(),
      path,
      false,
    );
  }

  function object(row: RuledRow, inside: readonly Selection[], path: Path): Outcome {
    const reach = (coordinate: string) => {
      if (oracle?.maySee(coordinate, null) === false) reachesGuarded = true;
    };
    reach(row.type);
    return members(inside, path, {
      typeName: row.type,
      isOf: (name) => name === undefined || possibleOf(world, name).includes(row.type),
      leaf(name, at) {
        if (name === 'own') {
          const isAdmitted = ofOwn.some((policy) => admits(policy, row, viewer));
          return ifAdmitted(isAdmitted, at, () => plain(row.tag));
        }
        return plain(Reflect.get(row, name) ?? null);
      },
      field: (declared) => {
        reach(`${row.type}.${declared.name}`);
        const type = world.types.find(({ name }) => name === row.type);
        return type?.fields.find(({ name }) => name === declared.name) ?? declared;
      },
      target: ({ name }) => row.targets.get(name) ?? null,
    });
  }

  interface Holder {
    readonly typeName: string;
    readonly isOf: (typeName: string | undefined) => boolean;
    readonly leaf: (name: string, path: Path) => Outcome;
    readonly field: (declared: RuledField) => RuledField;
    readonly target: (field: RuledField) => Target;
    readonly part?: (selection: Part, path: Path) => Outcome;
    readonly isMutation?: boolean;
  }

  function members(selections: readonly Selection[], path: Path, holder: Holder): Outcome {
    const entries: (readonly [string, Outcome])[] = [];
    const visit = (selection: Selection): void => {
      if (selection.kind === 'skipped') return;
      if (selection.kind === 'fragment') {
        if (holder.isOf(selection.on)) selection.inside.forEach(visit);
        return;
      }
      entries.push([selection.key, member(selection, [...path, selection.key], holder)]);
    };
    selections.forEach(visit);
    return join(
      entries.map(([, outcome]) => outcome),
      (values) => Object.fromEntries(entries.map(([key], index) => [key, values[index]])),
    );
  }

  function member(
    selection: Exclude<Selection, { kind: 'fragment' | 'skipped' }>,
    path: Path,
    holder: Holder,
  ): Outcome {
    if (selection.kind === 'part') return holder.part?.(selection, path) ?? plain(null);
    if (selection.kind === 'leaf') {
      const { name } = selection;
      return name === '__typename' ? plain(holder.typeName) : holder.leaf(name, path);
    }
    const field = holder.field(selection.field);
    const delivered = deliver(field, holder.target(field), {
      inside: selection.inside,
      path,
      coordinate: `${holder.typeName}.${field.name}`,
      isMutation: holder.isMutation === true,
    });
    return settle(delivered, path, field.isStrict);
  }

  interface Place {
    readonly inside: readonly Selection[];
    readonly path: Path;
    readonly coordinate: string;
    readonly isMutation: boolean;
  }

  function deliver(field: RuledField, target: Target, place: Place): Outcome {
    const { inside, path, isMutation } = place;
    if (field.shape === 'connection') return connection(field, listOf(target), place);
    if (field.shape !== 'one') return rows(field, target, place);
    const row = rowAt(target);
    if (row === undefined) return plain(null);
    if (isShown(row, field)) return object(row, inside, path);
    return field.isStrict || isMutation
      ? failed({ path, code: 'FORBIDDEN', isLate: false })
      : plain(null);
  }

  function rows(field: RuledField, target: Target, place: Place): Outcome {
    const { inside, path } = place;
    const hidden = (id: Target) => {
      const row = rowAt(id);
      return row !== undefined && !isShown(row, field);
    };
    const all = listOf(target).flatMap((each) => listOf(each));
    const asks = field.asking !== 'never' && isNarrowed(field);
    const mustAsk = field.clauses.length > 0 && isNarrowed(field);
    const isRead = field.clauses.length > 0 || isPaging(field) || asks;
    const delivered = field.asking === 'filters' ? [] : all.filter(hidden);
    if ((mustAsk && !asks) || (isRead && delivered.length > 0)) {
      all.forEach(hidden);
      return fails(place);
    }
    const keepsPlaces =
      field.argument === 'ids' && !field.hasStrictItems && field.asking !== 'filters';
    const items = (ids: readonly Target[], at: Path): Outcome => {
      const left = keepsPlaces
        ? ids.map((id) => (hidden(id) ? null : id))
        : ids.filter((id) => !hidden(id));
      const outcomes = left.map((id, index) => {
        const row = rowAt(id);
        const outcome = row === undefined ? plain(null) : object(row, inside, [...at, index]);
        return settle(outcome, [...at, index], field.hasStrictItems);
      });
      return join(outcomes, (values) => values);
    };
    if (field.shape === 'list') return items(listOf(target), path);
    const inner = listOf(target).map((ids, index) =>
      ids === null
        ? plain(null)
        : settle(items(listOf(ids), [...path, index]), [...path, index], false),
    );
    return join(inner, (values) => values);
  }

  function connection(field: RuledField, ids: readonly Target[], place: Place): Outcome {
    const found = ids.flatMap((id) => rowAt(id) ?? []);
    const isNarrow = isNarrowed(field);
    const visible = found.filter((row) => isShown(row, field));
    const read = field.asking === 'filters' ? visible : found;
    const isWrong = isNarrow && read.length > visible.length;
    /** Whether rows are there when the connection is returned. */
    const isKnown = ways.some(
      (way) =>
        (world.isPlain || !way.includes('groups')) &&
        way.every((name) => /^(property|promise)$/.test(field.parts[name].source)),
    );
    if ((isNarrow && field.asking === 'never') || (isWrong && isKnown)) return fails(place);
    return pageOf(field, read, {
      ...place,
      isShown: (row) => !isNarrow || visible.includes(row),
    });
  }

  function pageOf(
    field: RuledField,
    found: readonly RuledRow[],
    { isShown: isVisible, ...place }: Place & { readonly isShown: (row: RuledRow) => boolean },
  ): Outcome {
    /** One part, with the rows that it has itself. */
    function part(
      { name }: Pick<Part, 'name'>,
      at: Path,
      own: readonly RuledRow[],
      value: () => Outcome,
    ): Outcome {
      const { source, or } = field.parts[name];
      return ifAdmitted(or !== 'SHUT', at, () => {
        if (source === 'absent') return plain(null);
        if (source === 'throws')
          return failed({ path: at, code: 'INTERNAL_SERVER_ERROR', isLate: false });
        return own.every(isVisible) ? value() : fails(place, at);
      });
    }
    const holder = {
      isOf: () => true,
      field: (each: RuledField) => each,
      target: () => null,
    };
    const list = <Item>(
      items: readonly Item[],
      toOutcome: (item: Item, index: number) => Outcome,
    ) => join(items.map(toOutcome), (values) => values);
    const objects = (rows: readonly RuledRow[], { inside }: Part, at: Path) =>
      list(rows, (row, index) => object(row, inside, [...at, index]));
    const edge = (row: RuledRow, index: number): Holder => ({
      ...holder,
      typeName: holderName(field, 'node'),
      leaf: () => plain(index),
      part: (selection, at) => part(selection, at, [row], () => object(row, selection.inside, at)),
    });
    const group = ({ tag, rows: own }: ReturnType<typeof groupsOf<RuledRow>>[number]): Holder => ({
      ...holder,
      typeName: holderName(field, 'rows'),
      leaf: () => plain(tag),
      part: (selection, at) => part(selection, at, own, () => objects(own, selection, at)),
    });
    return members(place.inside, place.path, {
      ...holder,
      typeName: connectionName(field),
      leaf: () => plain(found.length),
      part(selection, at) {
        const { inside, name } = selection;
        if (name === 'nodes')
          return part(selection, at, found, () => objects(found, selection, at));
        return part(selection, at, [], () =>
          name === 'edges'
            ? list(found, (row, index) => members(inside, [...at, index], edge(row, index)))
            : list(groupsOf(found), (each, index) => members(inside, [...at, index], group(each))),
        );
      },
    });
  }

  const outcome = members(operation.selections, [], {
    typeName: operation.root,
    isOf: () => true,
    leaf: () => plain(null),
    field: (field) => field,
    target: ({ name }) => world.roots.get(name) ?? null,
    isMutation: operation.root === 'Mutation',
  });
  const { value, landed } = settle(outcome, [], false);
  return { data: value, problems: landed, hides, refuses, reachesGuarded };
}

type Part = Extract<Selection, { kind: 'part' }>;

/** The parts through which a connection has rows. */
const ways: readonly (readonly PartName[])[] = [['edges', 'node'], ['nodes'], ['groups', 'rows']];

/**
 * What a decision names where no type has a rule: the fields that are narrowed, and those that data can deny. Rows that
 * only the policies of `own` have admitted need not ask them again.
 */
export function conditionsOf(
  world: RuledWorld,
  operation: RuledOperation,
  { groups }: DrawnViewer,
): { readonly narrowed: ReadonlySet<string>; readonly depends: ReadonlySet<string> } {
  const held = groupsInEffect(world.implications, groups ?? []);
  const narrowed = new Set<string>();
  const depends = new Set<string>();
  const narrowing = ({ clauses }: RuledField) =>
    clauses.filter(({ requires }) => !requires.some((group) => held.has(group)));
  const isSure = (field: RuledField) =>
    narrowing(field).some(({ rows }) => rows.every((policy) => ofOwn.includes(policy)));

  /** `field` is that which returns the objects, or the connection that they are in. */
  function visit(selection: Selection, typeName: string, field?: RuledField): void {
    const { kind } = selection;
    if (kind === 'fragment') for (const each of selection.inside) visit(each, typeName, field);
    if (kind === 'leaf' && selection.name === 'own' && field !== undefined && !isSure(field)) {
      depends.add(`${typeName}.own`);
    }
    if (kind === 'part' && field !== undefined) {
      const { name, inside } = selection;
      if (field.parts[name].or !== null) depends.add(`${holderName(field, name)}.${name}`);
      for (const each of inside) visit(each, field.of, field);
    }
    if (kind !== 'field') return;
    if (narrowing(selection.field).length > 0) narrowed.add(`${typeName}.${selection.field.name}`);
    for (const each of selection.inside) visit(each, selection.field.of, selection.field);
  }
  for (const each of operation.selections) visit(each, operation.root);
  return { narrowed, depends };
}

/** The clauses of a type and of its interfaces. */
export function ruleOf({ types }: RuledWorld, name: string): readonly DrawnClause[] {
  const type = types.find((each) => each.name === name);
  const inherited = types.filter((each) => type?.interfaces.includes(each.name));
  return [...(type?.clauses ?? []), ...inherited.flatMap(({ clauses }) => clauses)];
}

/** What each policy says in words. */
export function admits(policy: string, { tag, level }: RuledRow, viewer: DrawnViewer): boolean {
  if (policy === 'SAME_TAG') return tag === viewer.tag;
  if (level === undefined) return false;
  return policy === 'LOW' ? level < 2 : policy === 'HIGH' && level > 2;
}

/** Whether a viewer holds a group of every clause. */
export function isNeverNarrowed(world: RuledWorld, viewer: DrawnViewer): boolean {
  const held = groupsInEffect(world.implications, viewer.groups ?? []);
  const { types, query, mutation } = world;
  const fields = [...query, ...mutation, ...types.flatMap((type) => type.fields)];
  return [...types, ...fields].every(({ clauses }) =>
    clauses.every(({ requires }) => requires.some((group) => held.has(group))),
  );
}

/** Returns whether an object exists for a viewer, by the rule of its type. */
export function existsFor(world: RuledWorld, viewer: DrawnViewer) {
  const held = groupsInEffect(world.implications, viewer.groups ?? []);
  return (row: RuledRow): boolean =>
    ruleOf(world, row.type).every(
      ({ requires, rows }) =>
        requires.some((group) => held.has(group)) ||
        rows.some((policy) => admits(policy, row, viewer)),
    );
}
