import { defineConfig } from 'vitest/config';

/** For `npm run proof -- mutation`: the library's own tests, without the long ones. */
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/authorization/**/*.test.ts'],
    exclude: ['test/authorization/**/*properties.test.ts', 'test/authorization/envelop.test.ts'],
    testTimeout: 10_000,
  },
});
