/**
 * What authorization costs inside execution, by `npm run bench -- authorization`.
 *
 *   --quick         a few seconds, to see that it works: its figures are worth little
 *   --cases A,B     only these of list, object, refused
 *   --library FILE  another build of packages/authorization/src/index.ts
 *   --out FILE      where the JSON goes; without it, bench/results/authorization.json
 */
import { fork } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from 'graphql';
import { nextMessage } from '../child.mjs';
import { auditedCases } from './audited.mjs';
import { createContenders } from './contenders.mjs';
import { measureDecisions } from './decide.mjs';
import { createRandom, summarize } from './measure.mjs';
import { measureMicro } from './micro.mjs';
import { caseTable, microTable, writeResults } from './report.mjs';
import { rowCases } from './rows.mjs';
import { cases } from './scenario.mjs';
import { countErrors, verifyAnswers } from './verify.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    cases: { type: 'string', default: cases.map(({ name }) => name).join(',') },
    library: { type: 'string' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const libraryFile = resolve(values.library ?? here('../../packages/authorization/dist/index.js'));
const libraryUrl = pathToFileURL(libraryFile).href;
const seed = Number(values.seed);
const pace = values.quick
  ? { processes: 1, budgetMs: 200, warmUpMs: 60, sliceMs: 2, minRounds: 1 }
  : { processes: 4, budgetMs: 1_500, warmUpMs: 300, sliceMs: 5, minRounds: 3 };
const print = (text) => process.stdout.write(`${text}\n\n`);

const machine = {
  node: process.version,
  graphql: version,
  processors: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  loadAtStart: Number(loadavg()[0]?.toFixed(2)),
  seed,
  quick: values.quick,
};
print(
  `Node ${machine.node}, graphql ${version}, ${machine.processors}, load ${machine.loadAtStart}. ` +
    'us: median processor time of one operation. ' +
    'Ratio: median of that time divided by that of no authorization in the same round.',
);

const library = await import(libraryUrl);
const contenders = createContenders(library, createRandom(seed));
await verifyAnswers(contenders);

const measured = [];
for (const scenario of cases.filter(({ name }) => values.cases.split(',').includes(name))) {
  const parts = [];
  for (let part = 0; part < pace.processes; part += 1) {
    for (const { name } of contenders.slice(2)) {
      parts.push(
        await measureInProcess({ caseName: scenario.name, name, seed: seed * 1000 + part }),
      );
    }
  }
  const outcome = { ...scenario, ...summarize(parts) };
  if (scenario.viewer === 'refused') outcome.errors = await errorCounts();
  measured.push(outcome);
  print(caseTable(outcome));
}
const decisions = await measureDecisions(library, { pace, seed });
for (const outcome of decisions) print(caseTable(outcome));
const rows = [];
for (const rowCase of [...rowCases, ...auditedCases]) {
  const parts = [];
  for (let part = 0; part < pace.processes; part += 1) {
    parts.push(await measureInProcess({ caseName: rowCase.name, seed: seed * 1000 + part }));
  }
  const outcome = { ...rowCase, ...summarize(parts) };
  rows.push(outcome);
  print(caseTable(outcome));
}
const micro = measureMicro(library, { samples: values.quick ? 500 : 2_000 });
print(microTable(micro));

const out = values.out ?? here('../results/authorization.json');
writeResults(out, { machine, cases: [...measured, ...decisions, ...rows], micro });
print(`Written to ${out}`);

/** One process after the other: two at a time would measure each other. */
async function measureInProcess(part) {
  const worker = fork(here('./worker.mjs'), { execArgv: ['--expose-gc'] });
  worker.send({ libraryUrl, pace, ...part });
  return new Map(await nextMessage(worker));
}

async function errorCounts() {
  const guarding = contenders.filter(({ guards }) => guards);
  const counted = guarding.map(async (each) => [each.name, await countErrors(each)]);
  return Object.fromEntries(await Promise.all(counted));
}
