// `npm run proof -- NAME` runs test/proofs/NAME.proof.test.ts, or Stryker for `mutation`; without a name
// it lists the proofs.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const ending = '.proof.test.ts';
const folder = 'test/proofs';
const files = existsSync(folder) ? readdirSync(folder) : [];
const names = files
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length))
  .sort();
const mutation = 'mutation';
const [name, ...words] = process.argv.slice(2);

/** What Node runs for a proof. */
function commandOf(proof) {
  if (proof === mutation) return ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run'];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.proof.config.ts'];
  return [...vitest, `${folder}/${proof}${ending}`];
}

if (name !== undefined && [...names, mutation].includes(name)) {
  const command = [...commandOf(name), ...words];
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  if (name !== undefined) process.exitCode = 1;
  const list = [...names, mutation].map((each) => `  npm run proof -- ${each}\n`).join('');
  process.stdout.write(
    `${name === undefined ? '' : `There is no proof ${name}. `}The proofs:\n${list}`,
  );
}
