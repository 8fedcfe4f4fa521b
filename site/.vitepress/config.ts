import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformerStyleToClass } from '@shikijs/transformers';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { checkLinks, withPolicy } from '../checks.ts';
import { librarySources, readMenu, watchedFolders, writePages } from '../documents.ts';

writePages();

const base = process.env.DOCS_BASE ?? '/';
const isBuild = process.argv.includes('build');
/** The policy of the pages allows no style attribute, so that the colors of code are classes of a file. */
const codeColors = transformerStyleToClass({ classPrefix: 'code-' });
const colorsFile = 'code-colors.css';

/** The anchor that GitHub gives a heading: a link works in the repository and here. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
    .replace(/-$/, '');

const search: DefaultTheme.LocalSearchOptions = {
  /** Pages for contributors, and those that repeat others, would be above those that answer a question. */
  _render: (source, env, markdown) =>
    /^(changelog|documents|contributing\/|operations\/(asvs|promises))/.test(env.relativePath)
      ? ''
      : markdown.render(source, env),
};

export default defineConfig({
  title: 'Gatehouse',
  description: 'Authorization for GraphQL: who may see what, in the schema.',
  srcDir: 'pages',
  base,
  lang: 'en',
  cleanUrls: true,
  metaChunk: true,
  lastUpdated: false,
  ignoreDeadLinks: 'localhostLinks',
  head: [
    ['link', { rel: 'icon', href: 'data:,' }],
    ...(isBuild ? [['link', { rel: 'stylesheet', href: `${base}${colorsFile}` }] as const] : []),
  ],
  markdown: {
    // Every color has a contrast of at least 4.5 to its background.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: toAnchor },
    headers: { slugify: toAnchor },
    toc: { slugify: toAnchor },
    attrs: { disable: true },
    // What stands between angle brackets is text.
    config: (markdown) => markdown.set({ html: false }),
    codeTransformers: isBuild ? [codeColors] : [],
  },
  themeConfig: {
    nav: [
      { text: 'Documents', link: '/documents' },
      { text: 'Try it', link: '/try' },
    ],
    sidebar: [...readMenu()].map((section) => ({ ...section, items: [...(section.items ?? [])] })),
    search: { provider: 'local', options: search },
    outline: [2, 3],
    darkModeSwitchTitle: 'Dark',
    lightModeSwitchTitle: 'Light',
    externalLinkIcon: true,
  },
  vite: {
    resolve: { alias: librarySources },
    plugins: [
      {
        name: 'gatehouse-documents',
        configureServer({ watcher }) {
          watcher.add(watchedFolders);
          watcher.on('change', (file) => {
            if (watchedFolders.some((folder) => file.startsWith(folder))) writePages();
          });
        },
      },
    ],
  },
  transformHtml: (html) => withPolicy(html),
  buildEnd({ outDir }) {
    writeFileSync(join(outDir, colorsFile), codeColors.getCSS());
    checkLinks(outDir, base);
  },
});
