// Says "ready"; told "go", migrates the database at argv[2] and says, as JSON, what it applied.
import { createInterface } from 'node:readline';
import { connectPostgres } from '../../../src/database/connect-postgres.ts';
import { migrate } from '../../../src/database/migrate.ts';

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
