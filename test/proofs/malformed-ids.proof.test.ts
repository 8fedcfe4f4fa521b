import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { fillWards, startWards, type Viewer, type Wards } from '../support/wards/world.ts';

/**
 * `npm run proof -- malformed-ids`: one user asks eight times at once for 980 ids of which one or all are malformed, while
 * a neighbour asks for `me`. On PostgreSQL too if `TEST_DATABASE_URL` is set.
 */
const rounds = Number(process.env.ROUNDS ?? 20);
const requests = 8;
/** On a machine with other work, `me` alone takes as long: then it may take a few times as long. And as long as beside honest requests. */
const mostMedianMs = 20;
const mostTimes = 4;

const kinds = [
  { kind: 'embedded', isSkipped: false },
  { kind: 'postgresql', isSkipped: process.env.TEST_DATABASE_URL === undefined },
];

describe.each(kinds)('malformed ids on a database of kind $kind', ({ kind, isSkipped }) => {
  it.skipIf(isSkipped).each([
    { what: 'one malformed id', malformed: 1 },
    { what: 'three malformed ids', malformed: 3 },
    { what: 'malformed ids alone', malformed: 980 },
  ])('do not delay a neighbour, with $what among 980', async ({ what, malformed }) => {
    vi.stubEnv('TEST_DATABASE_KIND', kind);
    const wards = await startWards(() => {});
    const { viewers } = await fillWards(wards);
    const attack = (count: number) => attackAs(wards, viewers.stranger, count);
    await attack(malformed);
    const quiet = await measure(wards, viewers.nurseA, pause);
    const codes = new Set<unknown>();
    const attacks = (count: number) =>
      Promise.all(Array.from({ length: requests }, () => attack(count)));
    const honest = await measure(wards, viewers.nurseA, () => attacks(0));
    const busy = await measure(wards, viewers.nurseA, async () => {
      const answers = await attacks(malformed);
      for (const { status, code } of answers) codes.add(`${status} ${code ?? ''}`.trim());
    });
    await wards.close();
    vi.unstubAllEnvs();
    process.stdout.write(
      `${kind}, ${what}: answered ${[...codes].join(', ')}; ` +
        `\`me\` ${describeTimes(busy)}, ${describeTimes(quiet)} alone, ` +
        `${describeTimes(honest)} beside as many requests without a malformed id\n`,
    );
    expect(busy.refused).toBe(0);
    const quietMs = mostTimes * medianOf(quiet.times);
    const most = Math.max(mostMedianMs, quietMs, medianOf(honest.times));
    expect(medianOf(busy.times)).toBeLessThan(most);
  });
});

/** Asks for wards, patients and notes: 980 ids in ten fields, each read for three types. */
function attackAs({ ask }: Wards, viewer: Viewer, malformed: number) {
  const fields = Array.from({ length: 10 }, (_, index) => `f${index}`);
  const ids = Array.from({ length: 980 }, (_, at) =>
    malformed > 0 && at % Math.ceil(980 / malformed) === 0 ? `${at}` : randomUUID(),
  );
  const variables = Object.fromEntries(
    fields.map((name, at) => [name, ids.slice(98 * at, 98 * (at + 1))]),
  );
  const query = `query (${fields.map((name) => `$${name}: [ID!]!`).join(' ')}) {
    ${fields.map((name) => `${name}: nodes(ids: $${name}) { id }`).join(' ')}
  }`;
  return ask(query, viewer, { variables });
}

interface Times {
  readonly times: readonly number[];
  readonly refused: number;
}

/** Asks for `me` again and again, while `work` is done as often as there are rounds. */
async function measure(
  { ask }: Wards,
  viewer: Viewer,
  work: () => Promise<unknown>,
): Promise<Times> {
  const times: number[] = [];
  let refused = 0;
  let isDone = false;
  const neighbour = (async () => {
    while (!isDone) {
      const startedAt = performance.now();
      const { status } = await ask('{ me { id } }', viewer);
      times.push(performance.now() - startedAt);
      if (status !== 200) refused += 1;
    }
  })();
  for (let round = 0; round < rounds; round += 1) await work();
  isDone = true;
  await neighbour;
  return { times, refused };
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 50));

const quantileOf = (times: readonly number[], share: number): number =>
  times.toSorted((left, right) => left - right)[Math.floor(times.length * share)] ?? Number.NaN;
const medianOf = (times: readonly number[]) => quantileOf(times, 0.5);

const describeTimes = ({ times, refused }: Times): string =>
  `${times.length} times, median ${medianOf(times).toFixed(1)} ms, ` +
  `p99 ${quantileOf(times, 0.99).toFixed(1)} ms, ${refused} refused`;
