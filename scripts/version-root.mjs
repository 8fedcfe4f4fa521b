// Gives the root package the version of the library: changesets does not see the root of a workspace.
import { readFileSync, writeFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));

const { name, version } = read('packages/authorization/package.json');
const root = read('package.json');
root.version = version;
root.dependencies[name] = version;
writeFileSync(new URL('../package.json', import.meta.url), `${JSON.stringify(root, null, 2)}\n`);
