// The kinds of text in which `check-words.mjs` looks for the words of `field-words.json`: documents, whose generated
// parts are the descriptions in SDL, of settings and of commands; messages; and pages. Where a word has to stay, its file
// is named under `stays`.
import { globSync } from 'tinyglobby';
import { blank, sentencesOf } from './sentences.mjs';

/** What is no prose: blocks, comments, names of tests and of files, code, and addresses. */
const notProse = [
  /^ *```.*?^ *```/gms,
  /<!--.*?-->/gs,
  /\[[^\]]*\]\([^)]*\.test\.ts\)/g,
  /\[[^\]\s]+\.\w+(?=\])/g,
  /`[^`\n]+`/g,
  /\]\([^)]*\)/g,
];

const documents = [
  '*.md',
  '{docs,deploy,examples,site,test}/**/*.md',
  'packages/*/README.md',
  'packages/*/template/*.md',
];

/** What was released, and what commands print. */
const ignored = [
  '**/node_modules/**',
  'CHANGELOG.md',
  '**/{access-matrix,operations}.md',
  // What the site makes of the documents.
  'site/pages/**',
];

const generated = ['**/node_modules/**', '**/generated/**', '**/dist/**'];

/** Of the page for queries, and of the bench of decisions. */
const scripts = ['src/playground/page/*.js', 'src/playground/windows.ts', 'site/try/*.ts'];

/** What is no text of a page of HTML, or of a template of Vue. */
const notText = [/<(script|style)\b.*?<\/\1>/gs, /\{\{.*?\}\}/gs, /<[^>]*>/gs];

/** Each kind of text: its files, and the part of a file that is checked. */
export const kinds = {
  documents: {
    files: () => globSync(documents, { ignore: ignored }),
    textOf: (file) => notProse.reduce((text, pattern) => text.replaceAll(pattern, blank), file),
  },
  messages: {
    files: () =>
      globSync(['{src,packages/*/src,packages/*/template}/**/*.ts', 'examples/**/*.{ts,mjs}'], {
        ignore: [...generated, ...scripts, 'examples/web/src/**', '**/test/**'],
      }),
    textOf: sentencesOf,
  },
  pages: {
    files: () =>
      globSync(
        ['packages/console/pages/**/*.{ts,tsx}', 'examples/web/src/**/*.{ts,tsx}', ...scripts],
        {
          ignore: generated,
        },
      ),
    textOf: sentencesOf,
  },
  templates: {
    files: () => globSync(['site/**/*.vue', 'src/playground/page/*.html'], { ignore: generated }),
    textOf: (file) => notText.reduce((text, pattern) => text.replaceAll(pattern, blank), file),
  },
};
