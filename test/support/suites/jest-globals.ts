import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  TestRunner,
  vi,
} from 'vitest';

/** Why a case of a suite does not hold, by its title. */
export type Differences = Readonly<Record<string, string>>;

/**
 * Longer than Jest's 5 s, for a server's first start. Shorter where a case must fail: some wait for what never comes.
 */
const limits = { holds: { timeout: 30_000 }, fails: { timeout: 20_000 } };

type Case = (...row: readonly unknown[]) => Promise<void> | void;
type Hook = (done: () => void) => Promise<void> | void;

/**
 * Creates what `@jest/globals` exports, from Vitest. A case that is named in the differences must fail: one that passes
 * is no difference, and fails the run.
 *
 * @param differencesOf asked as a case is declared.
 */
export function createJestGlobals(differencesOf: () => Differences = () => ({})) {
  const run = (title: string, body: Case) =>
    title in differencesOf()
      ? it.fails(title, limits.fails, () => body())
      : it(title, limits.holds, () => body());
  const each = (rows: readonly unknown[]) => (title: string, body: Case) =>
    it.each(rows)(title, limits.holds, (...row: unknown[]) => body(...row));
  const test = Object.assign(run, { skip: it.skip, each });
  const hooks = {
    afterAll: (hook: Hook) => afterAll(awaited(hook)),
    afterEach: (hook: Hook) => afterEach(awaited(hook)),
    beforeAll: (hook: Hook) => beforeAll(awaited(hook)),
    beforeEach: (hook: Hook) => beforeEach(awaited(hook)),
  };
  return { ...hooks, describe, expect, it: test, test, jest: vi };
}

/** A hook with a parameter calls it at its end. */
const awaited = (hook: Hook) => (): Promise<void> | void =>
  hook.length === 0 ? hook(() => {}) : new Promise((resolve) => void hook(resolve));

/** The text of a package `@jest/globals`. It exports `globalThis.jestGlobals`, by names that are known before it runs. */
export const jestGlobalsText = `const { jestGlobals } = globalThis;
${['afterAll', 'afterEach', 'beforeAll', 'beforeEach', 'describe', 'expect', 'it', 'test', 'jest']
  .map((name) => `exports.${name} = jestGlobals.${name};`)
  .join('\n')}
`;

const reasons = new Map<string, string>();

/** Ends the case that runs, and keeps why. */
export function notApplicable(reason: string): never {
  const running = TestRunner.getCurrentTest();
  if (running !== undefined) {
    reasons.set(running.id, reason);
    running.context.skip(reason);
  }
  throw new Error(reason);
}

/** Returns why a case was ended. */
export const reasonOf = ({ id }: { readonly id: string }): string | undefined => reasons.get(id);
