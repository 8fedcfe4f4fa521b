// `npm run proof -- NAME` runs test/proofs/NAME.proof.test.ts; without a name it lists the proofs.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const ending = '.proof.test.ts';
const folder = 'test/proofs';
const files = existsSync(folder) ? readdirSync(folder) : [];
const names = files
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length))
  .sort();
const [name, ...words] = process.argv.slice(2);

if (name !== undefined && names.includes(name)) {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.proof.config.ts'];
  const file = `${folder}/${name}${ending}`;
  const { status } = spawnSync(process.execPath, [...vitest, file, ...words], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  if (name !== undefined) process.exitCode = 1;
  const list = names.map((each) => `  npm run proof -- ${each}\n`).join('');
  process.stdout.write(
    `${name === undefined ? '' : `There is no proof ${name}. `}The proofs:\n${list}`,
  );
}
