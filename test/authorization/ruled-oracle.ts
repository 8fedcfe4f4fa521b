import type { DrawnClause, DrawnViewer } from './rows-generators.ts';
import { withImplied } from './rows-oracle.ts';
import {
  isPaging,
  listOf,
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
}

/** What the contract says about one answer. */
export interface Expected {
  readonly data: unknown;
  readonly problems: readonly Problem[];
  /** Whether a rule has hidden something from the viewer. */
  readonly hides: boolean;
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
}

/**
 * A second opinion on rules for types, written from the contract alone: which objects exist for a viewer is decided by
 * their type, and then what each field shows of them.
 */
export function expectedOf(
  world: RuledWorld,
  operation: RuledOperation,
  { viewer, showsAll }: Running,
): Expected {
  const held = withImplied(world.implications, viewer.groups ?? []);
  let hides = false;
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

  function object(row: RuledRow, inside: readonly Selection[], path: Path): Outcome {
    if (ruleOf(world, row.type).length > 0) reachesGuarded = true;
    return members(inside, path, {
      isOf: (name) => name === undefined || possibleOf(world, name).includes(row.type),
      leaf: (name) => (name === '__typename' ? row.type : (Reflect.get(row, name) ?? null)),
      field: (declared) => {
        if (isGuardedField(world, row.type, declared)) reachesGuarded = true;
        const type = world.types.find(({ name }) => name === row.type);
        return type?.fields.find(({ name }) => name === declared.name) ?? declared;
      },
      target: ({ name }) => row.targets.get(name) ?? null,
    });
  }

  interface Holder {
    readonly isOf: (typeName: string | undefined) => boolean;
    readonly leaf: (name: string) => unknown;
    readonly field: (declared: RuledField) => RuledField;
    readonly target: (field: RuledField) => Target;
    readonly part?: (selection: Extract<Selection, { kind: 'part' }>, path: Path) => Outcome;
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
    if (selection.kind !== 'field') return plain(holder.leaf(selection.name));
    const field = holder.field(selection.field);
    const delivered = deliver(field, holder.target(field), {
      inside: selection.inside,
      path,
      isMutation: holder.isMutation === true,
    });
    return settle(delivered, path, field.isStrict);
  }

  interface Place {
    readonly inside: readonly Selection[];
    readonly path: Path;
    readonly isMutation: boolean;
  }

  function deliver(
    field: RuledField,
    target: Target,
    { inside, path, isMutation }: Place,
  ): Outcome {
    if (field.shape === 'connection')
      return connection(field, listOf(target), { inside, path, isMutation });
    if (field.shape !== 'one') return rows(field, target, { inside, path, isMutation });
    const row = rowAt(target);
    if (row === undefined) return plain(null);
    if (isShown(row, field)) return object(row, inside, path);
    return field.isStrict || isMutation
      ? failed({ path, code: 'FORBIDDEN', isLate: false })
      : plain(null);
  }

  function rows(field: RuledField, target: Target, { inside, path }: Place): Outcome {
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
      return failed({ path, code: 'INTERNAL_SERVER_ERROR', isLate: false });
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
      settle(items(listOf(ids), [...path, index]), [...path, index], false),
    );
    return join(inner, (values) => values);
  }

  function connection(field: RuledField, ids: readonly Target[], { inside, path }: Place): Outcome {
    const found = ids.flatMap((id) => rowAt(id) ?? []);
    const isNarrow = isNarrowed(field);
    const visible = found.filter((row) => isShown(row, field));
    const read = field.asking === 'filters' ? visible : found;
    const isWrong = isNarrow && read.length > visible.length;
    const { edges, node, nodes } = field.parts;
    const isKnown = (...parts: readonly string[]) =>
      parts.every((part) => part === 'property' || part === 'promise');
    const fails = isNarrow && field.asking === 'never';
    if (fails || (isWrong && (isKnown(nodes) || isKnown(edges, node)))) {
      return failed({ path, code: 'INTERNAL_SERVER_ERROR', isLate: false });
    }
    return pageOf(read, { inside, path, isShown: (row) => !isNarrow || visible.includes(row) });
  }

  function pageOf(
    found: readonly RuledRow[],
    {
      inside,
      path,
      isShown: isVisible,
    }: {
      readonly inside: readonly Selection[];
      readonly path: Path;
      readonly isShown: (row: RuledRow) => boolean;
    },
  ): Outcome {
    const late = (at: Path) => failed({ path: at, code: 'INTERNAL_SERVER_ERROR', isLate: true });
    const nothing = { isOf: () => true, field: (each: RuledField) => each, target: () => null };
    const node = (row: RuledRow, index: number) => ({
      ...nothing,
      leaf: () => index,
      part: (selection: Extract<Selection, { kind: 'part' }>, at: Path) =>
        settle(isVisible(row) ? object(row, selection.inside, at) : late(at), at, false),
    });
    return members(inside, path, {
      ...nothing,
      leaf: () => found.length,
      part(selection, at) {
        if (selection.name === 'nodes' && !found.every(isVisible))
          return settle(late(at), at, false);
        const items = found.map((row, index) =>
          selection.name === 'nodes'
            ? object(row, selection.inside, [...at, index])
            : members(selection.inside, [...at, index], node(row, index)),
        );
        return settle(
          join(items, (values) => values),
          at,
          false,
        );
      },
    });
  }

  const outcome = members(operation.selections, [], {
    isOf: () => true,
    leaf: () => null,
    field: (field) => field,
    target: ({ name }) => world.roots.get(name) ?? null,
    isMutation: operation.kind === 'mutation',
  });
  const { value, landed } = settle(outcome, [], false);
  return { data: value, problems: landed, hides, reachesGuarded };
}

/** The clauses of a type and of its interfaces. */
export function ruleOf({ types }: RuledWorld, name: string): readonly DrawnClause[] {
  const type = types.find((each) => each.name === name);
  const inherited = types.filter((each) => type?.interfaces.includes(each.name));
  return [...(type?.clauses ?? []), ...inherited.flatMap(({ clauses }) => clauses)];
}

/** Whether a field has a guard: clauses, also those of interfaces, or rows that all have a rule. */
export function isGuardedField(
  world: RuledWorld,
  parent: string | undefined,
  field: RuledField,
): boolean {
  const isRuled = (name: string) => ruleOf(world, name).length > 0;
  const implemented = world.types.find(({ name }) => name === parent)?.interfaces ?? [];
  const declared = world.types
    .filter(({ name }) => name === parent || implemented.includes(name))
    .flatMap(({ fields }) => fields.filter(({ name }) => name === field.name));
  return [field, ...declared].some(
    ({ of, clauses, shape }) =>
      clauses.length > 0 ||
      (shape === 'connection' ? possibleOf(world, of).every(isRuled) : isRuled(of)),
  );
}

/** What each policy says in words. */
export function admits(policy: string, { tag, level }: RuledRow, viewer: DrawnViewer): boolean {
  if (policy === 'SAME_TAG') return tag === viewer.tag;
  if (level === undefined) return false;
  return policy === 'LOW' ? level < 2 : policy === 'HIGH' && level > 2;
}

/** Whether a viewer holds a group of every clause. */
export function isNeverNarrowed(world: RuledWorld, viewer: DrawnViewer): boolean {
  const held = withImplied(world.implications, viewer.groups ?? []);
  const { types, query, mutation } = world;
  const fields = [...query, ...mutation, ...types.flatMap((type) => type.fields)];
  return [...types, ...fields].every(({ clauses }) =>
    clauses.every(({ requires }) => requires.some((group) => held.has(group))),
  );
}

/** Returns whether an object exists for a viewer, by the rule of its type. */
export function existsFor(world: RuledWorld, viewer: DrawnViewer) {
  const held = withImplied(world.implications, viewer.groups ?? []);
  return (row: RuledRow): boolean =>
    ruleOf(world, row.type).every(
      ({ requires, rows }) =>
        requires.some((group) => held.has(group)) ||
        rows.some((policy) => admits(policy, row, viewer)),
    );
}
