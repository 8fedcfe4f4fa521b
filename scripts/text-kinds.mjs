// The kinds of text in which `check-words.mjs` looks for the words of `field-words.json`: documents, whose
// generated parts are the descriptions in SDL, of settings and of commands. To widen the check to messages, add a kind here,
// and name its files under `stays` where a word has to stay.
import { globSync } from 'tinyglobby';

/** Replaces a part of a text by spaces, so that all others keep their places. */
const blank = (text) => text.replaceAll(/[^\n]/g, ' ');

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

/** Each kind of text: its files, and the part of a file that is checked. */
export const kinds = {
  documents: {
    files: () => globSync(documents, { ignore: ignored }),
    textOf: (file) => notProse.reduce((text, pattern) => text.replaceAll(pattern, blank), file),
  },
};
