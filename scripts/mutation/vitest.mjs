// Stands in for `vitest` while mutants are tried: the same runner, matchers and spies, in this process.
import { mock } from 'node:test';
import {
  customMatchers,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  getCurrentTest,
  it,
  onTestFinished,
} from '@vitest/runner';
import { fn, spyOn } from '@vitest/spy';
import * as chai from 'chai';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

/** Assertions find out by their test whether they were awaited. */
export const expect = Object.assign((value, message) => {
  const assertion = chai.expect(value, message);
  const test = getCurrentTest();
  return test === undefined ? assertion : assertion.withTest(test);
}, chai.expect);
globalThis[GLOBAL_EXPECT] = expect;
setState({ ...getState(expect), assertionCalls: 0 }, expect);
expect.extend(expect, customMatchers);

/** Types are no matter of a mutant: whatever is asked of one holds. */
const everyType = new Proxy(() => everyType, { get: () => everyType });
export const expectTypeOf = everyType;
export const vi = {
  fn,
  spyOn,
  useFakeTimers: ({ toFake, now }) => mock.timers.enable({ apis: toFake, now }),
  setSystemTime: (nowMs) => mock.timers.setTime(nowMs),
  useRealTimers: () => mock.timers.reset(),
};
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, onTestFinished };
