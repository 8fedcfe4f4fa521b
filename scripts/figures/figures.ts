// The figures that proofs and benches have measured, and that documents quote: docs/contributing/figures.json.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readManifest, root } from '../release/packages.ts';

const figureSchema = z.strictObject({
  /** A text where digits matter that a number loses, such as 0.230. */
  value: z.union([z.number(), z.string()]),
  unit: z.string(),
  what: z.string(),
  command: z.string(),
  /** The commit that was measured: the last one that changed the sources. */
  commit: z.string().optional(),
  /** Of a figure that no command has recorded: the commit that wrote it into a document. */
  documentedIn: z.string().optional(),
  machine: z.string(),
  date: z.iso.date(),
  /** The version of the packages that was measured. */
  version: z.string(),
});

export type Figure = z.infer<typeof figureSchema>;

/** What is measured. */
const sources = ['src', 'packages/*/src'];

const file = join(root, 'docs/contributing/figures.json');

export const readFigures = (): Readonly<Record<string, Figure>> =>
  z.record(z.string(), figureSchema).parse(JSON.parse(readFileSync(file, 'utf8')));

/** What documents say. A figure of another version than `current` names its own. */
export function figureText({ value, version }: Figure, current: string): string {
  const text = typeof value === 'number' ? formatNumber(value) : value;
  return version === current ? text : `${text} (${version})`;
}

export const formatNumber = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 20 });

/** The version of the packages in this checkout. */
export const currentVersion = (): string => readManifest('.').version;

/**
 * Writes a figure with the commit, the machine and the date, if the environment has `FIGURES=write`.
 *
 * @throws {Error} for a name that the file does not have: what it is, its unit and command are written by hand.
 */
export function recordFigure(name: string, value: number | string): void {
  if (process.env.FIGURES !== 'write') return;
  const figures = readFigures();
  const figure = figures[name];
  if (figure === undefined) throw new Error(`Add ${name} to docs/contributing/figures.json first.`);
  const { unit, what, command } = figure;
  const measured: Figure = {
    value,
    unit,
    what,
    command,
    commit:
      git('log', '-1', '--format=%h', '--abbrev=10', '--', ...sources) +
      (hasChanges() ? ' with changes' : ''),
    machine: describeMachine(),
    date: new Date().toISOString().slice(0, 10),
    version: currentVersion(),
  };
  writeFileSync(file, `${JSON.stringify({ ...figures, [name]: measured }, null, 2)}\n`);
}

const git = (...words: readonly string[]): string =>
  execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();

/** With the load of the last minute, which includes that of the command itself. */
function describeMachine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${gib} GiB, load ${loadavg()[0]?.toFixed(1)}`;
}

const hasChanges = (): boolean => git('status', '--porcelain', '--', ...sources) !== '';
