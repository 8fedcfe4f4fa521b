import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Records a figure for the documents, if the environment has `FIGURES=write`: see docs/contributing/proofs.md. With `--quick`,
 * figures are worth too little.
 */
export function recordFigure(name, value) {
  if (process.env.FIGURES !== 'write' || process.argv.includes('--quick')) return;
  const words = ['--import', 'tsx', 'scripts/figures/record.ts', name, String(value)];
  execFileSync(process.execPath, words, { cwd: root, stdio: 'inherit' });
}
