import type { ServingProcess } from './process.ts';

/** How often a proof repeats its rounds: `ROUNDS`, or else so often. */
export const roundsOf = (usual: number): number => Number(process.env.ROUNDS ?? usual);

/** Whether there is a PostgreSQL server, which several nodes need. */
export const hasPostgres = process.env.TEST_DATABASE_URL !== undefined;

/** Prints a figure of a proof. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** What rounds have found. */
export class Findings {
  /** How many rounds have begun. */
  rounds = 0;
  /** What is not as it must be. Empty: all of it is. */
  readonly faults: string[] = [];
  /** How often each outcome came, such as the answer `200`. */
  readonly outcomes: Record<string, number> = {};
  readonly #measured: Record<string, number[]> = {};
  readonly #startedAtMs = performance.now();

  fault(what: string): void {
    this.faults.push(`round ${this.rounds}: ${what}`);
  }

  /** Notes a fault unless something is as it must be. */
  check(isRight: boolean, what: string): void {
    if (!isRight) this.fault(what);
  }

  count(outcome: string, times = 1): void {
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + times;
  }

  countOf(outcome: string): number {
    return this.outcomes[outcome] ?? 0;
  }

  /** Notes a number of this round, such as milliseconds. */
  measure(what: string, value: number): void {
    const values = this.#measured[what] ?? [];
    values.push(value);
    this.#measured[what] = values;
  }

  measured(what: string): readonly number[] {
    return this.#measured[what] ?? [];
  }

  most(what: string): number {
    return this.measured(what).reduce(
      (most, value) => Math.max(most, value),
      Number.NEGATIVE_INFINITY,
    );
  }

  /** Returns the maximum of some milliseconds as text. */
  mostMs(what: string): string {
    return `${this.most(what).toFixed(0)} ms`;
  }

  /** Returns the least, the middle and the greatest value. */
  spread(what: string): string {
    const sorted = this.measured(what).toSorted((left, right) => left - right);
    return [0, Math.floor(sorted.length / 2), sorted.length - 1]
      .map((index) => (sorted[index] ?? Number.NaN).toFixed(0))
      .join(' / ');
  }

  sum(what: string): number {
    return this.measured(what).reduce((sum, value) => sum + value, 0);
  }

  /** Returns the seconds since the first round. */
  seconds(): number {
    return (performance.now() - this.#startedAtMs) / 1_000;
  }

  /** Lists the outcomes for a figure: `3 x 200; 1 x 503`. */
  listed(): string {
    const list = Object.entries(this.outcomes).sort();
    return list.map(([outcome, times]) => `${times} x ${outcome}`).join('; ');
  }
}

/** Rounds in which nodes over one database work, and are killed, frozen or asked at the same time. */
export interface Rounds<World, Case, Done = void> {
  /** Starts what all rounds share. */
  start(): Promise<World>;
  /** Does what one round is about. It notes what it finds, and returns what is left to check. */
  work(world: World, each: Case, found: Findings): Promise<Done>;
  /** Looks at what a round has left. */
  check?(world: World, done: Done, found: Findings): Promise<void>;
  /** Looks at what all rounds have left. */
  end?(world: World, found: Findings): Promise<void>;
  /** What a proof prints. */
  figure(found: Findings): string;
}

/** Runs a round for each case, and returns what they found. */
export async function run<World, Case, Done>(
  { start, work, check, end }: Omit<Rounds<World, Case, Done>, 'figure'>,
  cases: readonly Case[],
): Promise<Findings> {
  const world = await start();
  const found = new Findings();
  for (const each of cases) {
    found.rounds += 1;
    const done = await work(world, each, found);
    await check?.(world, done, found);
  }
  await end?.(world, found);
  return found;
}

/** The same, and prints the figure. */
export async function prove<World, Case, Done>(
  rounds: Rounds<World, Case, Done>,
  cases: readonly Case[],
): Promise<Findings> {
  const found = await run(rounds, cases);
  print(rounds.figure(found));
  return found;
}

/** Returns the numbers of so many rounds, from 0 on. */
export const numbered = (rounds: number): readonly number[] => [...Array(rounds).keys()];

/** Returns cases for so many rounds: these, again and again. */
export const cycle = <Case>(rounds: number, cases: readonly [Case, ...Case[]]): readonly Case[] =>
  numbered(rounds).map((round) => cases[round % cases.length] ?? cases[0]);

/** Kills a process by SIGKILL, and resolves when it has ended. */
export function kill(process: Pick<ServingProcess, 'kill' | 'exited'>): ServingProcess['exited'] {
  process.kill('SIGKILL');
  return process.exited;
}

/** One turn of a loop. It ends the loop when it returns false. */
export type Turn = () => Promise<unknown>;

/** Repeats each of `turns` until `work` is done, and returns its result. Rejects when a turn fails. */
export async function beside<Result>(
  turns: readonly Turn[],
  work: () => Promise<Result>,
): Promise<Result> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  const repeat = async (turn: Turn) => {
    let goesOn = true;
    while (goesOn && !isOver) goesOn = (await turn()) !== false;
  };
  try {
    const [result] = await Promise.all([work().finally(end), ...turns.map(repeat)]);
    return result;
  } finally {
    end();
  }
}
