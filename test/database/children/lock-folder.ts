// Says "ready"; told "go", tries to take the folder, and says "won" or "lost"; holds it until it ends.
import { createInterface } from 'node:readline';
import { DataDirectoryInUseError, lockDirectory } from '../../../src/database/directory-lock.ts';

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
