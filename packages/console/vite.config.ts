import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The pages. Every address in them is relative: a proxy can serve them under any path. */
export default defineConfig({
  root: pathOf('pages'),
  base: './',
  build: {
    outDir: '../dist/pages',
    emptyOutDir: true,
    // The policy of the pages forbids `data:` in styles.
    assetsInlineLimit: 0,
    // The parts of the client that are loaded when they are used would each cost the first paint a round trip.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'client', test: /packages.client.dist/ }] } },
    },
    modulePreload: { polyfill: false },
  },
  plugins: [
    {
      // Beside the pages, since the server needs it and browsers do not.
      name: 'operations',
      closeBundle: () =>
        copyFile(pathOf('pages/src/generated/operations.json'), pathOf('dist/operations.json')),
    },
  ],
});
