import { createContext } from './scenario.mjs';

/**
 * Runs one contender `operations` times and gives the mean time of one, in microseconds: of the
 * processor, garbage collection included. Nothing here waits for anything, so that is all there is, and
 * what else the machine does is not in it.
 */
async function timeOf({ run, documents }, { document, viewer }, operations) {
  const parsed = documents[document];
  // Once before the clock starts: what stood before has left other things in the caches.
  await run(parsed, createContext(viewer));
  globalThis.gc?.({ type: 'minor' });
  const start = process.cpuUsage();
  for (let done = 0; done < operations; done += 1) {
    const answer = run(parsed, createContext(viewer));
    if (answer instanceof Promise) await answer;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / operations;
}

/**
 * Measures one case in rounds until `budgetMs` is spent, and gives every time and ratio by contender. In
 * each round every contender runs once, for a number of operations that the warm-up has fixed, in an
 * another random order. Its time is divided by the baseline's of the same round: what slows the machine
 * down for a while slows both. The baseline always does the permitted work.
 */
export async function measureCase(contenders, scenario, pace) {
  const [baseline] = contenders;
  const refuses = scenario.viewer === 'refused';
  const participants = contenders.filter(({ guards }, index) => index < 2 || guards || !refuses);
  const workOf = ({ guards }) => (guards ? scenario : { ...scenario, viewer: 'permitted' });
  const samples = new Map(participants.map(({ name }) => [name, { times: [], ratios: [] }]));
  const operations = new Map();
  for (const each of shuffled(participants, pace.random)) {
    operations.set(each, await warmUp(each, workOf(each), pace));
  }

  const end = performance.now() + pace.budgetMs;
  for (let rounds = 0; performance.now() < end || rounds < pace.minRounds; rounds += 1) {
    const times = new Map();
    for (const each of shuffled(participants, pace.random)) {
      times.set(each.name, await timeOf(each, workOf(each), operations.get(each)));
    }
    for (const [name, time] of times) {
      const { times: all, ratios } = samples.get(name);
      all.push(time);
      ratios.push(time / times.get(baseline.name));
    }
  }
  return samples;
}

/** Joins the samples of several processes: how many rounds, and the median of all for each contender. */
export function summarize(parts) {
  const [first] = parts;
  const names = new Set(parts.flatMap((samples) => [...samples.keys()]));
  const results = [...names].map((name) => {
    const those = parts.flatMap((samples) => samples.get(name) ?? []);
    const times = those.flatMap((samples) => samples.times);
    const ratios = those.flatMap((samples) => samples.ratios);
    return summary(name, { times, ratios });
  });
  const [baseline] = first.keys();
  const rounds = parts.reduce((sum, samples) => sum + samples.get(baseline).ratios.length, 0);
  return { rounds, processes: parts.length, results };
}

/** Runs until the compiler has settled; gives the number of operations that fill one slice of time. */
async function warmUp(contender, work, { warmUpMs, sliceMs }) {
  const end = performance.now() + warmUpMs;
  let operations = 1;
  let time;
  do {
    time = await timeOf(contender, work, operations);
    operations = Math.max(1, Math.round((sliceMs * 1000) / Math.max(time, 1)));
  } while (performance.now() < end);
  return operations;
}

function summary(name, { times, ratios }) {
  return {
    name,
    microseconds: quantile(times, 0.5),
    ratio: quantile(ratios, 0.5),
    lowerQuartile: quantile(ratios, 0.25),
    upperQuartile: quantile(ratios, 0.75),
  };
}

/** By linear interpolation between the two nearest values. */
export function quantile(values, part) {
  const sorted = [...values].sort((left, right) => left - right);
  const position = (sorted.length - 1) * part;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** Fisher and Yates. */
export function shuffled(values, random) {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** mulberry32: a seed makes the order of a run repeatable. */
export function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
