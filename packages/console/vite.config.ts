import { defineConfig } from 'vite';

/** The pages. Every address in them is relative: a proxy can serve them under any path. */
export default defineConfig({
  root: new URL('pages', import.meta.url).pathname,
  base: './',
  build: {
    outDir: '../dist/pages',
    emptyOutDir: true,
    // The policy of the pages forbids `data:` in styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
