import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

/** Why a case of a suite does not hold, by its title. */
export type Differences = Readonly<Record<string, string>>;

/** Longer than Jest's 5 s, for a server's first start. A case that must fail can wait for what never comes. */
const limits = { holds: { timeout: 30_000 }, fails: { timeout: 5_000 } };

type Case = () => Promise<void> | void;

/**
 * Creates what `@jest/globals` exports, from Vitest. A case that is named in `differences` must fail: one that passes
 * is no difference, and fails the run.
 */
export function createJestGlobals(differences: Differences) {
  const run = (title: string, body: Case) =>
    title in differences ? it.fails(title, limits.fails, body) : it(title, limits.holds, body);
  const each = (rows: readonly unknown[]) => (title: string, body: (...row: unknown[]) => void) =>
    (title in differences ? it.fails : it).each(rows)(title, limits.holds, (...row: unknown[]) =>
      body(...row),
    );
  const test = Object.assign(run, { skip: it.skip, each });
  const hooks = {
    afterAll: (hook: Hook) => afterAll(awaited(hook)),
    afterEach: (hook: Hook) => afterEach(awaited(hook)),
    beforeAll: (hook: Hook) => beforeAll(awaited(hook)),
    beforeEach: (hook: Hook) => beforeEach(awaited(hook)),
  };
  return { ...hooks, describe, expect, it: test, test, jest: vi };
}

type Hook = (done: () => void) => Promise<void> | void;

/** A hook with a parameter calls it at its end. */
const awaited = (hook: Hook) => (): Promise<void> | void =>
  hook.length === 0 ? hook(() => {}) : new Promise((resolve) => void hook(resolve));

/** The text of a package `@jest/globals`, which exports what {@link provideJestGlobals} was given last. */
export const jestGlobalsText = [
  ...['afterAll', 'afterEach', 'beforeAll', 'beforeEach', 'describe', 'expect', 'it', 'test'],
  'jest',
]
  .map((name) => `exports.${name} = globalThis.jestGlobals.${name};\n`)
  .join('');
