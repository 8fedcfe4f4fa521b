// `npm run pack -- FOLDER` packs all packages, as they are published, into a folder.
import { resolve } from 'node:path';
import { packPackages } from './pack.ts';
import { readPackages } from './packages.ts';
import { requireSettings } from './settings.ts';

const words = process.argv.slice(2);
const isRelease = words.includes('--release');
const [folder = 'packed'] = words.filter((word) => !word.startsWith('--'));
if (isRelease) requireSettings();
for (const archive of await packPackages(readPackages(), resolve(folder))) {
  process.stdout.write(`${archive}\n`);
}
