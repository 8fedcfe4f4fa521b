// Prints "ready". After the line "go" it locks the folder at argv[2], and prints "won" or "lost". Holds the lock until
// it ends.
import { createInterface } from 'node:readline';
import {
  DataDirectoryInUseError,
  lockDirectory,
} from '../../../dist/database/embedded/directory-lock.js';

const [, , directory = ''] = process.argv;
const input = createInterface({ input: process.stdin });
input.once('line', async () => {
  try {
    await lockDirectory(directory);
    process.stdout.write('won\n');
  } catch (error) {
    if (!(error instanceof DataDirectoryInUseError)) throw error;
    process.stdout.write('lost\n');
  }
});
process.stdout.write('ready\n');
