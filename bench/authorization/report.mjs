import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One case as a table, the fastest first, the baseline on top. */
export function caseTable({ title, target, rounds, processes, results, errors }) {
  const [baseline, noise, ...others] = results;
  const ordered = [baseline, noise, ...others.sort((left, right) => left.ratio - right.ratio)];
  const rows = ordered.map(({ name, microseconds, ratio, lowerQuartile, upperQuartile }) => [
    name,
    number(microseconds),
    number(ratio),
    `${number(lowerQuartile)} to ${number(upperQuartile)}`,
    ...(errors === undefined ? [] : [errors[name] === undefined ? '' : String(errors[name])]),
  ]);
  const head = ['', 'us', 'ratio', 'quartiles', ...(errors === undefined ? [] : ['errors'])];
  const effort = `${rounds} rounds in ${processes} ${processes === 1 ? 'process' : 'processes'}`;
  const aim = target === undefined ? '' : `; target ${target}`;
  return `${title}\n${effort}${aim}\n${table([head, ...rows])}`;
}

export function microTable(figures) {
  const rows = figures.map(({ name, microseconds, lowerQuartile, upperQuartile, target }) => [
    name,
    number(microseconds),
    `${number(lowerQuartile)} to ${number(upperQuartile)}`,
    target === undefined ? '' : `< ${target.toLocaleString('en')}`,
  ]);
  return `Single steps of Gatehouse\n${table([['', 'us', 'quartiles', 'target'], ...rows])}`;
}

/** Objects only, no lists: the formatter leaves such a file as it is. */
export function writeResults(file, { machine, cases, micro }) {
  const byName = (list) =>
    Object.fromEntries(list.map(({ name, ...rest }) => [name, roundedNumbers(rest)]));
  const report = {
    machine,
    cases: Object.fromEntries(
      cases.map(({ name, title, target, rounds, processes, results, errors }) => [
        name,
        { title, target, rounds, processes, results: byName(results), ...(errors && { errors }) },
      ]),
    ),
    micro: byName(micro),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

const roundedNumbers = (entry) =>
  Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, rounded(value)]));

/** Four digits say more than any of these measurements knows. */
const rounded = (value) => (value === 0 ? 0 : Number(value.toPrecision(4)));

function number(value) {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 3 : 4);
}

function table([head, ...rows]) {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
  const line = (row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map((row) => `  ${line(row)}`).join('\n');
}
