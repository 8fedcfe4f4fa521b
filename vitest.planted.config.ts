import { defineConfig } from 'vitest/config';
import { library, plant, plantedBugs } from './test/support/planted-bugs.ts';
import { sourceAliases } from './vitest.aliases.ts';

/** Runs tests with one bug in the authorization library, which `PLANTED_BUG` chooses: see the proof `planted-bugs`. */
const bug = plantedBugs[Number(process.env.PLANTED_BUG)];

export default defineConfig({
  resolve: { alias: [...sourceAliases] },
  plugins: [
    {
      name: 'planted-bug',
      enforce: 'pre',
      transform: (source, id) =>
        bug !== undefined && id.endsWith(`${library}/${bug.file}`) ? plant(bug, source) : undefined,
    },
  ],
  test: { include: ['test/authorization/*.test.ts'], testTimeout: 300_000, bail: 1 },
});
