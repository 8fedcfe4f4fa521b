import type { CoordinateExplanation, ExplainedStep, ExplainedWay } from './explain-coordinate.ts';
import type { GroupExplanation } from './explain-group.ts';

/** Prints the ways to a coordinate as lines of text. */
export function printCoordinateExplanation({
  coordinate,
  columns,
  ways,
  hasMore,
}: CoordinateExplanation): readonly string[] {
  if (ways.length === 0) return [`No root field leads to ${coordinate}.`];
  const more = hasMore ? ['', 'There are more ways: see --ways.'] : [];
  return [
    ...ways.flatMap((way, index) => printOne(way, { columns, isFirst: index === 0 })),
    ...more,
  ];
}

function printOne(
  { steps, verdicts }: ExplainedWay,
  { columns, isFirst }: { readonly columns: readonly string[]; readonly isFirst: boolean },
): readonly string[] {
  const groups = new Map<string, string[]>();
  verdicts.forEach((verdict, index) => {
    groups.set(verdict, [...(groups.get(verdict) ?? []), columns[index] ?? '']);
  });
  return [
    ...(isFirst ? [] : ['']),
    steps.map(({ coordinate }) => coordinate).join(' > '),
    ...steps.flatMap(printStep),
    ...[...groups].map(([verdict, names]) => `  ${names.join(', ')}: ${verdict}`),
  ];
}

function printStep({ coordinate, guards: own, on, ids, places }: ExplainedStep) {
  const ofType =
    on === null ? [] : [`its value has to be of type ${on.coordinate}`, ...guardOf(on)];
  const guards = [...guardOf({ coordinate, guards: own }), ...ofType];
  const place = places.length === 0 ? [] : [`see ${places.join(', ')}`];
  const named = ids.map(
    ({ coordinate: id, typeName, rows }) =>
      `${id} names a row of ${typeName}${rows.length === 0 ? '' : `, which ${rows.join(' or ')} must allow`}`,
  );
  return [...guards, ...place, ...named].map((line) => `  ${line}`);
}

const guardOf = ({ coordinate, guards }: Pick<ExplainedStep, 'coordinate' | 'guards'>) =>
  guards.length === 0 ? [] : [`${coordinate} has ${guards.join(' ')}`];

/** Prints what a group opens as lines of text. */
export function printGroupExplanation({
  column,
  reached,
  opened,
}: GroupExplanation): readonly string[] {
  return [
    `${column} reaches ${reached} fields and guarded inputs. Closed to a user in no group, or less open: ${opened.length}.`,
    ...opened.flatMap(({ coordinate, verdict, way }) => [
      '',
      `${coordinate}: ${verdict}`,
      ...(way.length > 1 ? [`  by ${way.join(' > ')}`] : []),
    ]),
  ];
}
