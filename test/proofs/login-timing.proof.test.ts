import { expect, it } from 'vitest';
import { areaUnderCurve, fingerprint } from '../support/answer-times.ts';
import { useGatehouse } from '../support/process.ts';
import { isPostgres, percentile, print, startLoginWorld } from './login-world.ts';

/**
 * `npm run proof -- login-timing`: a wrong password for users that there are, and for users that there
 * are not, in turns. The answers are the same to the byte, and their times do not tell which is which.
 *
 * So it is after BCRYPT_COST has changed as well, while the stored hashes have the cost from before.
 *
 * Each username is tried once, as an attacker with a list does: both kinds meet the same empty counter.
 */
const pairs = Number(process.env.PAIRS ?? 400);
const cost = process.env.COST ?? '10';
const costlier = String(Number(cost) + 2);
const gatehouse = useGatehouse();

it.each([
  { what: 'the same cost', before: cost, after: cost },
  { what: 'a raised cost', before: cost, after: costlier },
  { what: 'a lowered cost', before: costlier, after: cost },
])(
  `distinguishes no user from an unknown name by ${pairs} pairs of answers at $what`,
  async ({ before, after }) => {
    const world = await startLoginWorld(gatehouse, {
      BCRYPT_COST: before,
      LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
    });
    const known = await world.makeUsers('known-', pairs);
    if (after !== before) await world.restart({ BCRYPT_COST: after });
    const measure = async (username: string) => {
      const startedAt = performance.now();
      const answer = await world.logIn(username, 'a-wrong-password-for-this');
      return { tookMs: performance.now() - startedAt, fingerprint: fingerprint(answer) };
    };
    for (let n = 0; n < 20; n += 1) await measure(`warm-${n}`);

    const times = { known: [] as number[], unknown: [] as number[] };
    const answers = new Set<string>();
    const ask = async (kind: keyof typeof times, username: string) => {
      const { tookMs, fingerprint } = await measure(username);
      times[kind].push(tookMs);
      answers.add(fingerprint);
    };
    for (const [n, username] of known.entries()) {
      const first = () => ask('known', username);
      const second = () => ask('unknown', `other-${n}`);
      // In random order: in a fixed one the times of the second would follow the first.
      const order = Math.random() < 0.5 ? [first, second] : [second, first];
      for (const each of order) await each();
    }

    const auc = areaUnderCurve(times.known, times.unknown);
    const median = (of: readonly number[]) => percentile(of, 0.5).toFixed(1);
    print(
      `${pairs} pairs on ${isPostgres ? 'PostgreSQL' : 'the embedded database'}, cost ${before}, then ${after}: ` +
        `median ${median(times.known)} ms known, ${median(times.unknown)} ms unknown; ` +
        `AUC ${auc.toFixed(3)}; ${answers.size} different answers`,
    );
    expect([...answers]).toHaveLength(1);
    expect(auc).toBeGreaterThan(0.45);
    expect(auc).toBeLessThan(0.55);
  },
  1_800_000,
);
