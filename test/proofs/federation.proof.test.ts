import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { installSuite } from '../support/suites/install-suite.ts';
import { createJestGlobals } from '../support/suites/jest-globals.ts';
import { kinds, memberToken, startProducts } from '../support/suites/products.ts';
import { startOthers, startSupergraph } from '../support/suites/supergraph.ts';

/**
 * `npm run proof -- federation`: Apollo's tests of subgraphs, on a subgraph without the library, with the library and
 * everything public, and with guards on everything. Apollo Gateway is the router, since Apollo's own is a program that
 * npm does not have.
 */
const name = '@apollo/federation-subgraph-compatibility-tests';
const folder = await mkdtemp(join(tmpdir(), 'gatehouse-federation-'));
await installSuite(folder, {
  packages: ['@apollo/gateway@2.14.4', 'debug@4.4.3'],
  alone: [`${name}@1.2.1`],
  shared: ['graphql'],
  // The suite's client requests two fixed ports, and sends no token.
  replaced: {
    [`${name}/node_modules/make-fetch-happen`]:
      'module.exports = (...call) => globalThis.suiteFetch(...call);',
    [`${name}/node_modules/execa`]: '', // starts Jest
  },
});
const suite = join(folder, 'node_modules', name);
const sdl = await readFile(join(suite, 'products.graphql'), 'utf8');
const files = (await readdir(join(suite, 'dist/tests'))).filter((each) =>
  each.endsWith('.test.js'),
);

let others: Awaited<ReturnType<typeof startOthers>>;
beforeAll(async () => {
  others = await startOthers(folder);
});
afterAll(async () => {
  await others.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Declares the tests of the suite once more: a module that was required before declares nothing. */
function declareSuite(): void {
  const require = createRequire(join(folder, 'package.json'));
  Object.assign(globalThis, createJestGlobals());
  for (const file of files) {
    const path = require.resolve(join(suite, 'dist/tests', file));
    delete require.cache[path];
    require(path);
  }
}

describe.each(kinds)('the subgraph %s', (kind) => {
  let products: Awaited<ReturnType<typeof startProducts>>;
  let router: Awaited<ReturnType<typeof startSupergraph>>;
  beforeAll(async () => {
    products = await startProducts(sdl, kind);
    const subgraphs = [...others.others, { name: 'products', url: products.url }];
    router = await startSupergraph({ folder, subgraphs, authorization: memberToken });
    const urls = new Map([
      ['http://localhost:4000/', router.url],
      ['http://localhost:4001/', products.url],
    ]);
    const suiteFetch = (url: string, init: RequestInit) =>
      fetch(urls.get(url) ?? url, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: memberToken },
      });
    Object.assign(globalThis, { suiteFetch });
  });
  afterAll(async () => {
    await router.stop();
    await products.stop();
  });

  declareSuite();

  it.runIf(kind === 'guarded')('answers an anonymous viewer with 401', async () => {
    const representations = [{ __typename: 'User', email: 'support@apollographql.com' }];
    const answers = [
      await ask(products.url, '{ product(id: "apollo-federation") { id } }'),
      await ask(products.url, '{ _service { sdl } }'),
      await ask(
        products.url,
        'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { name } } }',
        { variables: { representations } },
      ),
    ];
    expect(answers.map(({ status, body }) => [status, body.data])).toEqual(
      answers.map(() => [401, undefined]),
    );
  });
});
