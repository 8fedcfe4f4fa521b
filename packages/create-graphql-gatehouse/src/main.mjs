#!/usr/bin/env node
// `create-graphql-gatehouse my-api` copies the template into a new folder.
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const template = fileURLToPath(new URL('../template', import.meta.url));

/** Names that npm changes or leaves out of a package begin with `_` in the template. */
const dotFiles = ['gitignore', 'github'];

/** What the project is called in the template. */
const templateName = 'my-api';

/** The files of the template that name the project. */
const namingFiles = ['package.json', 'README.md', 'Dockerfile'];

/** A name that npm and Docker accept. */
const toPackageName = (folder) =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || templateName;

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || name.startsWith('-') || rest.length > 0) {
  fail('Usage: create-graphql-gatehouse my-api');
} else {
  create(resolve(name));
}

function create(folder) {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    fail(`${folder} exists and is not empty. Nothing was written.`);
    return;
  }
  const generated = join(template, 'src', 'generated');
  cpSync(template, folder, { recursive: true, filter: (path) => path !== generated });
  for (const each of dotFiles) renameSync(join(folder, `_${each}`), join(folder, `.${each}`));
  for (const each of namingFiles) {
    const file = join(folder, each);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll(templateName, toPackageName(folder)));
  }
  process.stdout.write(`
Created ${name}. Next:

  cd ${name}
  npm install
  npm test
  npm run dev

`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
