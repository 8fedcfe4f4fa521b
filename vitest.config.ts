import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Without the alias, tests would load a second copy of graphql (its CommonJS build).
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
  },
});
