import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { timesOf } from '../support/sample.ts';

/**
 * How the property tests run. Each run takes another seed and prints it; a failure prints what to set to
 * see it again. `docs/contributing/proofs/authorization.md` describes these variables.
 */
const { PROPERTY_SEED, PROPERTY_PATH, PROPERTY_TRIPLES, PROPERTY_RUNS, PROPERTY_SHRINK_MS } =
  process.env;

export const seed = Number(PROPERTY_SEED ?? Date.now() % 1_000_000_000);

/** Whether a single case runs: one that failed before. */
export const isReplay = PROPERTY_PATH !== undefined;

/** How many triples of schema, operation and viewer are checked at least. */
export const minTriples = Number(PROPERTY_TRIPLES ?? 1_000);

/** How often a property of schemas alone is tried. */
export const runs = Number(PROPERTY_RUNS ?? timesOf(80, 32));

/** For so long, simpler cases of a failure are looked for: its numbers are many. */
const maxShrinkTimeMs = Number(PROPERTY_SHRINK_MS ?? 60_000);

export interface Property<T> {
  /** The test's own file, to be named in a failure. */
  readonly file: string;
  readonly arbitrary: fc.Arbitrary<T>;
  readonly numRuns: number;
  /** Returns what is wrong, or nothing. */
  readonly check: (value: T) => Promise<string | undefined>;
  /** What the cases had, counted by `check`: printed at the end. */
  readonly tally?: object;
  /**
   * Whether the cases had every outcome often enough to prove something. If not, as many more are tried, with the
   * next seed; at last the property fails. A test asks here and not by a line of its own, which some seeds fail.
   */
  readonly isEnough?: () => boolean;
}

/** Some seeds have few of an outcome that others have often. */
const maxTimes = 8;

/** @throws {Error} when the property fails: what is wrong with a simple case, and how to see it again; or too few outcomes. */
export async function forAll<T>(property: Property<T>): Promise<void> {
  const { file, numRuns, tally, isEnough = () => true } = property;
  const times = isReplay ? 1 : maxTimes;
  for (let time = 0; time === 0 || (time < times && !isEnough()); time += 1) {
    await tryCases(property, seed + time);
  }
  const counted = tally === undefined ? '' : JSON.stringify(tally);
  if (counted !== '') process.stdout.write(`${file}: ${counted}\n`);
  if (isReplay || isEnough()) return;
  throw new Error(`${times} times ${numRuns} cases had too few of an outcome: ${counted}`);
}

async function tryCases<T>(
  { file, arbitrary, numRuns, check }: Property<T>,
  used: number,
): Promise<void> {
  process.stdout.write(`${file}: ${numRuns} cases, seed ${used}\n`);
  const property = fc.asyncProperty(arbitrary, async (value) => {
    const problem = await check(value);
    if (problem !== undefined) throw new Error(problem);
  });
  const run = (parameters: fc.Parameters<[T]>) => fc.check(property, { seed: used, ...parameters });
  const path = PROPERTY_PATH === undefined ? {} : { path: PROPERTY_PATH };
  const first = await withoutStacks(() => run({ numRuns, endOnFailure: true, ...path }));
  if (!first.failed) return;
  const simplest = await run({
    path: first.counterexamplePath ?? '',
    interruptAfterTimeLimit: maxShrinkTimeMs,
  });
  const found = simplest.counterexamplePath === null ? first : simplest;
  const { errorInstance: cause, counterexamplePath, numShrinks } = found;
  throw new Error(
    `${cause instanceof Error ? cause.message : cause}\n\n` +
      `Case ${first.numRuns} of ${numRuns}, made simpler ${numShrinks} times. To see it again:\n` +
      `PROPERTY_SEED=${used} PROPERTY_PATH=${counterexamplePath} npx vitest run ${file}`,
    { cause },
  );
}

/** Stacks of the many errors that are expected take a seventh of the time; one case alone has them. */
async function withoutStacks<T>(work: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  if (!isReplay) Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** Runs `work`, and passes on the reason of each rejection that nothing handles. */
export async function withRejections(
  onRejection: (reason: unknown) => void,
  work: () => Promise<void>,
): Promise<void> {
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', onRejection);
  try {
    await work();
    await setImmediate();
  } finally {
    process.off('unhandledRejection', onRejection);
    for (const each of listeners) process.on('unhandledRejection', each);
  }
}

/** Runs `work`. @throws {Error} when a promise of it rejects and nothing handles that. */
export async function withoutUnhandledRejections(work: () => Promise<void>): Promise<void> {
  const unhandled: unknown[] = [];
  await withRejections((reason) => unhandled.push(reason), work);
  if (unhandled.length > 0) {
    throw new Error(`${unhandled.length} rejections were not handled`, { cause: unhandled[0] });
  }
}

/** Numbers for {@link createChoices}; few of them, or small ones, make something simple. */
export const choicesArbitrary = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: 5039 }), { maxLength, size: 'max' });
