// `npm run proof -- NAME` runs test/proofs/NAME.proof.test.ts, Stryker for `mutation`, or all cases of
// the tests of which `npm test` runs a sample for `samples`; without a name it lists the proofs. With SHARE, such as
// 0.1, Stryker changes only lines that are drawn by SEED.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { drawLines } from './mutation/drawn-lines.mjs';

const ending = '.proof.test.ts';
const folder = 'test/proofs';
const files = existsSync(folder) ? readdirSync(folder) : [];
const names = files
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length))
  .sort();
const mutation = 'mutation';
const samples = 'samples';
const [name, ...words] = process.argv.slice(2);

/** What Node runs for a proof. */
function commandOf(proof) {
  if (proof === mutation)
    return ['node_modules/@stryker-mutator/core/bin/stryker.js', ...mutants()];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run'];
  if (proof === samples) return [...vitest, ...filesWithSamples()];
  return [...vitest, '--config', 'vitest.proof.config.ts', `${folder}/${proof}${ending}`];
}

function mutants() {
  const { SHARE, SEED = String(Date.now()) } = process.env;
  if (SHARE === undefined) return ['run'];
  process.stdout.write(`SEED=${SEED}\n`);
  return ['run', '--mutate', drawLines({ share: Number(SHARE), seed: SEED })];
}

const filesWithSamples = () =>
  globSync('test/**/*.test.ts').filter((path) =>
    /(support\/(sample|web-check|attacked-server)|\/property-run)\.ts/.test(
      readFileSync(path, 'utf8'),
    ),
  );

if (name !== undefined && [...names, mutation, samples].includes(name)) {
  const command = [...commandOf(name), ...words];
  const env = { ...process.env, ...(name === samples ? { WHOLE_SAMPLES: 'true' } : {}) };
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit', env });
  process.exitCode = status ?? 1;
} else {
  if (name !== undefined) process.exitCode = 1;
  const list = [...names, mutation, samples].map((each) => `  npm run proof -- ${each}\n`).join('');
  process.stdout.write(
    `${name === undefined ? '' : `There is no proof ${name}. `}The proofs:\n${list}`,
  );
}
