import { defineConfig } from 'vitest/config';
import { sourceAliases } from './vitest.aliases.ts';

/** Proofs take minutes and print their figures: one after the other, by `npm run proof -- NAME`. */
export default defineConfig({
  resolve: { alias: [...sourceAliases] },
  test: {
    include: ['test/proofs/**/*.proof.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
    // It imports folders, which Node.js does not resolve.
    server: { deps: { inline: [/integration-testsuite/] } },
  },
});
