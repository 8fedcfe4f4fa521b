/** The figures as a table. */
import { quantile } from '../authorization/measure.mjs';
import { spread } from '../load/throughput.mjs';
import { reference } from './start-contenders.mjs';

/** Ratios are of the same round, with the quartiles of all rounds. */
export function toTable({ name, query, pace, rounds, state }) {
  const { rounds: count, seconds } = pace;
  const valuesOf = (contender, what) => rounds.map((found) => found[contender][what]);
  const median = (contender, what) => quantile(valuesOf(contender, what), 0.5).toFixed(0);
  const ratio = (contender, what) =>
    spread(rounds.map((found) => found[contender][what] / found[reference][what]));
  const rows = Object.keys(rounds[0])
    .sort((left, right) => median(right, 'rate') - median(left, 'rate'))
    .map((each) => [
      each,
      ratio(each, 'rate'),
      median(each, 'rate'),
      ratio(each, 'cpu'),
      median(each, 'cpu'),
      median(each, 'p99'),
    ]);
  return [
    `${name}: \`${query}\`, 64 connections, ${count} rounds of ${seconds} s each in turns, ${state}`,
    `Ratios are to ${reference}. Processor time is the server's own, without PostgreSQL's.`,
    '',
    row(['', 'requests/s, ratio', 'requests/s', 'processor, ratio', 'us a request', 'p99, ms']),
    row(Array(6).fill('---')),
    ...rows.map(row),
  ].join('\n');
}

const row = (cells) => `| ${cells.join(' | ')} |`;
