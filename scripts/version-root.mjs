// Gives the root package the version of the library, and lets the template of create-graphql-gatehouse and the packages for parts
// of Gatehouse ask for it: changesets sees neither the root of a workspace nor the template.
import { readFileSync, writeFileSync } from 'node:fs';

const urlOf = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => JSON.parse(readFileSync(urlOf(path), 'utf8'));
const write = (path, manifest) =>
  writeFileSync(urlOf(path), `${JSON.stringify(manifest, null, 2)}\n`);

const { name, version } = read('packages/authorization/package.json');
const root = read('package.json');
root.version = version;
root.dependencies[name] = version;
write('package.json', root);

const templatePath = 'packages/create-graphql-gatehouse/template/package.json';
const template = read(templatePath);
template.dependencies['graphql-gatehouse'] = `^${version}`;
template.devDependencies['@graphql-gatehouse/codegen'] = `^${version}`;
write(templatePath, template);

for (const part of ['nats', 'redis']) {
  const path = `packages/${part}/package.json`;
  const manifest = read(path);
  manifest.peerDependencies['graphql-gatehouse'] = `^${version}`;
  write(path, manifest);
}
