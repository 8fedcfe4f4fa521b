// A test runner for Stryker that stays in one process: the library is loaded once, and for each mutant
// only the test files that reach it run again. Stryker's own runner for vitest loads everything again for
// each mutant, which takes many times as long.
//
// To Stryker a test file is one test. What runs while a file is collected counts as the file's, so that
// schemas that are built there are mutated too.
import { readdirSync } from 'node:fs';
import { register as registerHook } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { startTests } from '@vitest/runner';
import { register as registerTypeScript } from 'tsx/esm/api';

const library = 'packages/authorization/src';
const folder = 'test/authorization';
/** They run built or packed code, or read it. The properties among them take many seconds even with few cases. */
const excluded =
  /^(decision-files|graphql-version|planted-bugs|readme|(decide-for-any-variables|ways)\.properties)\.test\.ts$/;
/** Properties take seconds, and would be run for nearly every mutant: only those that no other test notices meet them. */
const isProperty = (name) => name.endsWith('properties.test.ts');
/** Few cases, the same for each mutant. A failure is not made simpler. */
const propertySettings = {
  PROPERTY_SEED: '1',
  PROPERTY_RUNS: '4',
  PROPERTY_TRIPLES: '50',
  PROPERTY_SHRINK_MS: '0',
};
const testTimeoutMs = 5_000;

class InProcessTestRunner {
  static inject = [];
  /** What the mutated code and Stryker tell each other. */
  #instrumented;
  /** By mutated source: how many of its mutants each test file has noticed. */
  #noticers = new Map();
  #loads = 0;

  constructor() {
    globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
    this.#instrumented = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE];
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    process.env.NODE_ENV = 'test'; // as Vitest does: Apollo Server then adds no stack trace to errors
    Object.assign(process.env, propertySettings);
    registerTypeScript();
    registerHook('./resolve-vitest.mjs', import.meta.url);
    // A promise that a mutant leaves behind must not end the process with all the others' results.
    process.on('unhandledRejection', () => undefined);
    process.on('uncaughtException', () => undefined);
  }

  async dryRun() {
    this.#instrumented.activeMutant = undefined;
    const sources = readdirSync(library, { recursive: true }).filter((name) =>
      name.endsWith('.ts'),
    );
    const names = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
    const tests = [];
    // What runs while the library itself is loaded belongs to no test.
    for (const name of sources) await import(pathToFileURL(resolve(library, name)).href);
    for (const name of names.filter((each) => !excluded.test(each))) {
      this.#instrumented.currentTestId = name;
      tests.push(await this.#runFile(name));
    }
    this.#instrumented.currentTestId = undefined;
    const { mutantCoverage } = this.#instrumented;
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  async mutantRun({ activeMutant, hitLimit, testFilter = [] }) {
    const tests = [];
    Object.assign(this.#instrumented, { activeMutant: activeMutant.id, hitLimit, hitCount: 0 });
    const noticers = this.#noticersOf(activeMutant.fileName);
    for (const name of likeliestFirst(testFilter, noticers)) {
      tests.push(await this.#runFile(name));
      if (tests.at(-1).status === TestStatus.Failed) {
        noticers.set(name, (noticers.get(name) ?? 0) + 1);
        break;
      }
    }
    const { hitCount } = this.#instrumented;
    Object.assign(this.#instrumented, { activeMutant: undefined, hitLimit: undefined });
    const timeout = determineHitLimitReached(hitCount, hitLimit);
    return toMutantRunResult(timeout ?? { status: DryRunStatus.Complete, tests });
  }

  /** How many mutants of a source each test file noticed first. */
  #noticersOf(source) {
    const known = this.#noticers.get(source);
    if (known !== undefined) return known;
    const noticers = new Map();
    this.#noticers.set(source, noticers);
    return noticers;
  }

  /** Collects and runs a file up to its first failure. */
  async #runFile(name) {
    const startedMs = performance.now();
    let failure;
    const fail = (task) => {
      failure ??= `${task.name}: ${task.result.errors?.[0]?.message ?? 'failed'}`;
    };
    const runner = {
      config: runnerConfig,
      importFile: () => import(this.#urlOf(name)),
      onBeforeTryTask: (test) => {
        if (failure !== undefined) test.mode = 'skip';
      },
      onBeforeRunTask: (test) => {
        if (failure !== undefined) test.mode = 'skip';
      },
      onAfterRunTask: (test) => {
        if (test.result?.state === 'fail') fail(test);
      },
      onAfterRunSuite: (suite) => {
        if (suite.result?.state === 'fail' && suite.result.errors?.length > 0) fail(suite);
      },
      onCollected: (files) => {
        for (const file of files) if (file.result?.state === 'fail') fail(file);
      },
    };
    await startTests([{ filepath: resolve(folder, name) }], runner);
    return {
      id: name,
      name,
      fileName: join(folder, name),
      timeSpentMs: performance.now() - startedMs,
      ...(failure === undefined
        ? { status: TestStatus.Success }
        : { status: TestStatus.Failed, failureMessage: failure }),
    };
  }

  /** Another address each time, so that the file is evaluated again; what it imports is not. */
  #urlOf(name) {
    this.#loads += 1;
    return `${pathToFileURL(resolve(folder, name)).href}?load=${this.#loads}`;
  }
}

/** A mutant of a source that all tests reach is noticed in one file, not after most of them, where that one is known. */
const likeliestFirst = (names, noticers) =>
  [...names].sort(
    (a, b) => isProperty(a) - isProperty(b) || (noticers.get(b) ?? 0) - (noticers.get(a) ?? 0),
  );

const runnerConfig = {
  root: process.cwd(),
  name: undefined,
  setupFiles: [],
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined,
  maxConcurrency: 1,
  testTimeout: testTimeoutMs,
  hookTimeout: testTimeoutMs,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
};

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessTestRunner),
];
