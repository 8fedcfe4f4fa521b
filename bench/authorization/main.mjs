/**
 * What authorization costs inside execution, by `npm run bench -- authorization`.
 *
 *   --quick         a few seconds, to see that it works: its figures are worth little
 *   --cases A,B     only these of list, object, refused
 *   --library FILE  another build of src/authorization/index.ts
 *   --out FILE      where the JSON goes; without it, bench/results/authorization.json
 */
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from 'graphql';
import { createContenders } from './contenders.mjs';
import { createRandom, measureCase } from './measure.mjs';
import { measureMicro } from './micro.mjs';
import { caseTable, microTable, writeResults } from './report.mjs';
import { cases } from './scenario.mjs';
import { countErrors, verifyAnswers, verifyOneGraphql } from './verify.mjs';

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
const libraryFile = resolve(values.library ?? here('../../dist/authorization/index.js'));
const libraryUrl = pathToFileURL(libraryFile).href;
const pace = values.quick
  ? { budgetMs: 1_500, warmUpMs: 60, sliceMs: 2, minRounds: 2 }
  : { budgetMs: 40_000, warmUpMs: 500, sliceMs: 6, minRounds: 10 };
const random = createRandom(Number(values.seed));
const print = (text) => process.stdout.write(`${text}\n\n`);

const library = await import(libraryUrl);
const contenders = createContenders(library);
verifyOneGraphql(contenders, libraryUrl);
await verifyAnswers(contenders);

const machine = {
  node: process.version,
  graphql: version,
  processors: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  loadAtStart: Number(loadavg()[0]?.toFixed(2)),
  seed: Number(values.seed),
  quick: values.quick,
};
print(
  `Node ${machine.node}, graphql ${version}, ${machine.processors}, load ${machine.loadAtStart}. ` +
    'Ratio: median of the time divided by that of no authorization in the same round.',
);

const measured = [];
for (const scenario of cases.filter(({ name }) => values.cases.split(',').includes(name))) {
  const outcome = await measureCase(contenders, scenario, { ...pace, random });
  const errors =
    scenario.viewer === 'refused' ? Object.fromEntries(await errorCounts()) : undefined;
  measured.push({ ...scenario, ...outcome, errors });
  print(caseTable({ ...scenario, ...outcome, errors }));
}
const micro = measureMicro(library, { samples: values.quick ? 500 : 2_000 });
print(microTable(micro));

const out = values.out ?? here('../results/authorization.json');
writeResults(out, { machine, cases: measured, micro });
print(`Written to ${out}`);

async function errorCounts() {
  const guarding = contenders.filter(({ guards }) => guards);
  return Promise.all(guarding.map(async (each) => [each.name, await countErrors(each)]));
}
