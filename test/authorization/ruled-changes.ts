import type { Choices } from './generators.ts';
import {
  type DrawnViewer,
  listOf,
  possibleOf,
  type RuledField,
  type RuledRow,
  type RuledWorld,
  type Target,
  type Targets,
} from './ruled-generators.ts';
import { existsFor } from './ruled-oracle.ts';

/** Draws another world, which differs from a given one only in rows that do not exist for a viewer. */
export function changeHidden(world: RuledWorld, viewer: DrawnViewer, choices: Choices): RuledWorld {
  const exists = existsFor(world, viewer);
  const rows = world.rows.map((row): RuledRow => {
    const changed = { ...row, tag: choices.upTo(3), level: choices.upTo(4) };
    return exists(row) || exists(changed) ? row : changed;
  });
  const hidden = rows.filter((row) => !exists(row));
  const withChanges = (fields: readonly RuledField[], targets: Targets): Targets =>
    new Map(
      fields.map((field) => [
        field.name,
        changeTarget(targets.get(field.name) ?? null, { world, field, hidden, choices }),
      ]),
    );
  const { types, query, mutation, roots } = world;
  return {
    ...world,
    rows: rows.map((row) => {
      const fields = types.find(({ name }) => name === row.type)?.fields ?? [];
      return { ...row, targets: withChanges(fields, row.targets) };
    }),
    // A mutation says whether its effect has happened.
    roots: new Map([
      ...withChanges(query, roots),
      ...mutation.map(({ name }) => [name, roots.get(name) ?? null] as const),
    ]),
  };
}

interface Change {
  readonly world: RuledWorld;
  readonly field: RuledField;
  readonly hidden: readonly RuledRow[];
  readonly choices: Choices;
}

function changeTarget(target: Target, change: Change): Target {
  const { world, field, hidden, choices } = change;
  if (field.shape !== 'one') {
    const inner = listOf(target);
    return field.shape === 'nested'
      ? inner.map((ids) => (ids === null ? null : changeList(listOf(ids), change)))
      : changeList(inner, change);
  }
  if (!hidden.some(({ id }) => id === target)) return target;
  const fitting = hidden.filter(({ type }) => possibleOf(world, field.of).includes(type));
  return field.isStrict || choices.rarely(2) ? pick(fitting, choices) : null;
}

function changeList(
  ids: readonly Target[],
  { world, field, hidden, choices }: Change,
): readonly Target[] {
  const isHidden = (id: Target) => hidden.some((row) => row.id === id);
  const fitting = hidden.filter(({ type }) => possibleOf(world, field.of).includes(type));
  const isByIds = field.argument === 'ids' && field.shape !== 'connection';
  if (isByIds && !field.hasStrictItems && field.asking === 'never') {
    const instead = () => (choices.rarely(2) ? null : pick(fitting, choices));
    return ids.map((id) => (isHidden(id) ? instead() : id));
  }
  const left = ids.filter((id) => !isHidden(id) || choices.rarely(2));
  const added = fitting.filter(() => choices.rarely(3)).map(({ id }) => id);
  return choices.rarely(2) ? [...left, ...added] : [...added, ...left];
}

const pick = (rows: readonly RuledRow[], choices: Choices): Target =>
  rows[choices.upTo(rows.length)]?.id ?? null;
