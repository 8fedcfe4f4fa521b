// Prints "ready". After the line "go" it migrates the database at argv[2], and prints the applied migrations as JSON.
import { createInterface } from 'node:readline';
import { connectPostgres } from '../../../dist/database/connect/connect-postgres.js';
import { migrate } from '../../../dist/database/migrations/migrate.js';

const [, , url = '', migrationsDirectory = ''] = process.argv;
const input = createInterface({ input: process.stdin });
input.once('line', async () => {
  const connection = connectPostgres({ url, onPoolError: () => {} });
  const applied = await migrate({ connection, migrationsDirectory });
  await connection.close();
  process.stdout.write(`${JSON.stringify(applied)}\n`);
  input.close();
});
process.stdout.write('ready\n');
