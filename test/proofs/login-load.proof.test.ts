import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import bcrypt from 'bcrypt';
import { expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import {
  isPostgres,
  type LoginWorld,
  percentile,
  print,
  startLoginWorld,
  userPassword,
} from './login-world.ts';

/**
 * `npm run proof -- login-load`: 40 clients who log in without a pause, while another viewer asks for
 * `me`. Its p99 stays within three times that of a quiet server, and logins reach 80 % of what bcrypt
 * alone does on this machine, measured in the same run before and after.
 */
const seconds = Number(process.env.SECONDS ?? 30);
const cost = Number(process.env.COST ?? 12);
const clients = 40;
const msBetweenReads = 50;
const gatehouse = useGatehouse();

it(`lets a viewer be served beside ${clients} logins at once`, async () => {
  const world = await startLoginWorld(gatehouse, { BCRYPT_COST: `${cost}` });
  const users = await world.makeUsers('user-', clients);
  const [viewer = ''] = await world.makeUsers('viewer-', 1);
  const token = (await world.logIn(viewer, userPassword)).data.login.accessToken;

  await readFor(world, token, 2);
  const rawBefore = await rawHashesPerSecond(seconds / 3);
  const quiet = await readFor(world, token, seconds / 2);
  const { logins, busy } = await underLoad(world, users, token);
  const rawAfter = await rawHashesPerSecond(seconds / 3);

  const raw = (rawBefore + rawAfter) / 2;
  const rate = logins.done / logins.seconds;
  const p99 = { quiet: percentile(quiet, 0.99), busy: percentile(busy, 0.99) };
  print(
    `${clients} logins at once on ${isPostgres ? 'PostgreSQL' : 'the embedded database'}, ` +
      `cost ${cost}, ${availableParallelism()} cores, ${logins.seconds.toFixed(0)} s`,
  );
  print(
    `me: p50 ${percentile(quiet, 0.5).toFixed(1)} ms quiet, ${percentile(busy, 0.5).toFixed(1)} busy; ` +
      `p99 ${p99.quiet.toFixed(1)} quiet, ${p99.busy.toFixed(1)} busy: ratio ${(p99.busy / p99.quiet).toFixed(2)} ` +
      `(${quiet.length} and ${busy.length} reads)`,
  );
  print(
    `logins: ${rate.toFixed(2)}/s of bcrypt's ${rawBefore.toFixed(2)} before and ` +
      `${rawAfter.toFixed(2)} after: ${((100 * rate) / raw).toFixed(0)} %; ` +
      `the slowest took ${logins.slowestMs.toFixed(0)} ms`,
  );
  expect(logins.others).toEqual([]);
  expect(p99.busy).toBeLessThan(3 * p99.quiet);
  expect(rate).toBeGreaterThan(0.8 * raw);
}, 1_800_000);

/** How long each `me` takes, in milliseconds, asked one after the other. */
async function readFor(
  world: LoginWorld,
  token: string,
  duration: number,
  isOver: () => boolean = () => false,
): Promise<number[]> {
  const tookMs: number[] = [];
  const until = performance.now() + duration * 1000;
  while (performance.now() < until && !isOver()) {
    const startedAt = performance.now();
    const { status, text } = await world.ask('{ me { id username groups } }', { token });
    tookMs.push(performance.now() - startedAt);
    expect({ status, text }).toMatchObject({ status: 200 });
    await delay(msBetweenReads);
  }
  return tookMs;
}

async function underLoad(world: LoginWorld, users: readonly string[], token: string) {
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const logins = { done: 0, slowestMs: 0, others: [] as string[], seconds };
  const client = async (username: string) => {
    while (performance.now() < endsAt) {
      const askedAt = performance.now();
      const { status, text } = await world.logIn(username, userPassword);
      logins.slowestMs = Math.max(logins.slowestMs, performance.now() - askedAt);
      if (status !== 200) logins.others.push(`${status} ${text}`);
      else if (performance.now() < endsAt) logins.done += 1;
    }
  };
  let isOver = false;
  const reading = readFor(world, token, seconds, () => isOver);
  await Promise.all(users.map(client));
  isOver = true;
  return { logins, busy: await reading };
}

/** What bcrypt does on all cores with nothing else to do. */
async function rawHashesPerSecond(duration: number): Promise<number> {
  const hash = await bcrypt.hash(userPassword, cost);
  const startedAt = performance.now();
  let done = 0;
  const work = async () => {
    while (performance.now() - startedAt < duration * 1000) {
      await bcrypt.compare(userPassword, hash);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return done / ((performance.now() - startedAt) / 1000);
}
