import type {
  DrawnField,
  DrawnPart,
  DrawnWorld,
  PartName,
  Row,
  RowPolicyName,
} from './rows-generators.ts';

/**
 * A second opinion on rows, written from the contract alone: a viewer in one of the groups of a clause, or in one that
 * implies it, gets all rows of the clause; every other viewer those that one of its policies admits; and each clause
 * narrows what the others leave. Undefined: refused, to an anonymous viewer.
 */
export function visibleRows(world: DrawnWorld, field: DrawnField): readonly Row[] | undefined {
  const { groups } = world.viewer;
  if (groups === null) return undefined;
  const held = withImplied(world.implications, groups);
  return field.rows.filter((row) =>
    field.clauses.every(
      ({ requires, rows }) =>
        requires.some((group) => held.has(group)) ||
        rows.some((policy) => admits(policy, row, world)),
    ),
  );
}

/** Whether a clause of the field narrows the viewer, so that its resolver has to ask for the filter. */
export function isNarrowed({ viewer, implications }: DrawnWorld, { clauses }: DrawnField): boolean {
  const held = withImplied(implications, viewer.groups ?? []);
  return clauses.some(({ requires }) => !requires.some((group) => held.has(group)));
}

/** The policies in `or` of `Row.own`. */
const ofOwn: readonly RowPolicyName[] = ['SAME_TAG', 'LOW'];

/** The value of `Row.own`, or null where it is refused. */
export const ownOf = (world: DrawnWorld, row: Row): number | null =>
  ofOwn.some((policy) => admits(policy, row, world)) ? row.level : null;

/** The coordinates that data can deny to the viewer: not `Row.own` of rows that only its policies have admitted. */
export function dependsOf(world: DrawnWorld): ReadonlySet<string> {
  const held = withImplied(world.implications, world.viewer.groups ?? []);
  const isSure = ({ clauses }: DrawnField) =>
    clauses.some(
      ({ requires, rows }) =>
        !requires.some((group) => held.has(group)) && rows.every((each) => ofOwn.includes(each)),
    );
  if (world.viewer.groups === null) return new Set();
  return new Set(
    world.fields.flatMap((field) => {
      const own = isSure(field) ? [] : ['Row.own'];
      if (field.shape !== 'connection') return own;
      if (!field.selectsRows) return [];
      const typeOf = { edges: 'Rows', nodes: 'Rows', groups: 'Rows', node: 'Edge', rows: 'Group' };
      const guarded = partNames.filter((name) => field.parts[name].or !== null);
      return [...guarded.map((name) => `${typeOf[name]}_${field.name}.${name}`), ...own];
    }),
  );
}

const partNames = ['edges', 'node', 'nodes', 'groups', 'rows'] as const;

/** What each policy says in words. */
function admits(policy: RowPolicyName, row: Row, { viewer }: DrawnWorld): boolean {
  if (policy === 'SAME_TAG') return row.tag === viewer.tag;
  if (policy === 'LOW') return row.level < 2;
  return policy === 'HIGH' && row.level > 2;
}

/** Returns the groups that a viewer holds in effect. */
export function withImplied(text: string, groups: readonly string[]): ReadonlySet<string> {
  const held = new Set(groups);
  for (const group of held) {
    const implied = new RegExp(`${group} @implies\\(groups: \\[(\\w+)\\]`).exec(text)?.[1];
    if (implied !== undefined) held.add(implied);
  }
  return held;
}

/**
 * What a field answers. `mistake`: null, and an internal error: nothing of it was delivered. `no data`: a part was
 * delivered before a hidden row was found, so the whole query fails.
 */
export type Outcome = 'refused' | 'rows' | 'mistake' | 'no data';

/** What the resolver of a field did: whether it asked for the filter, and the rows that it returned. */
export interface Returned {
  readonly asked: boolean;
  readonly rows: readonly Row[];
}

/** The outcome of a field whose resolver may have made a mistake. */
export function outcomeOf(world: DrawnWorld, field: DrawnField, returned: Returned): Outcome {
  const visible = visibleRows(world, field);
  if (visible === undefined) return 'refused';
  if (isNarrowed(world, field) && !returned.asked) return 'mistake';
  if (returned.rows.every((row) => visible.includes(row))) return 'rows';
  if (field.shape !== 'connection') return 'mistake';
  if (ways.some((way) => way.every((name) => isKnown(field.parts[name])))) return 'mistake';
  const delivers = ways.some((way) => way.every((name) => isDelivered(field.parts[name])));
  return field.selectsRows && delivers ? 'no data' : 'rows';
}

/** The parts through which a connection has rows. */
const ways: readonly (readonly PartName[])[] = [['edges', 'node'], ['nodes'], ['groups', 'rows']];

/** Whether a part is there when the connection is returned. */
const isKnown = ({ source }: DrawnPart): boolean => source === 'property' || source === 'promise';

/** Whether the viewer gets a part that it selects. */
export const isDelivered = ({ source, or }: DrawnPart): boolean =>
  source !== 'absent' && source !== 'throws' && or !== 'SHUT';
