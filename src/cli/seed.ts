import { openDatabase } from '../app.ts';
import { seed } from '../operator.ts';
import type { CliContext } from './cli.ts';
import { firstAdminLines } from './first-admin-lines.ts';

/** `seed`: data to try the API with. Never where real users are. */
export async function runSeed({ config, logger, print }: CliContext): Promise<void> {
  const settings = config();
  if (settings.isProduction) {
    throw new Error('seed adds users with known names and must not run with NODE_ENV=production.');
  }
  const connection = await openDatabase(settings, logger());
  try {
    const users = await seed({ config: settings, connection, logger: logger() }, (firstAdmin) => {
      for (const line of firstAdminLines(firstAdmin)) print(line);
    });
    for (const { username, group, password } of users) {
      print(
        `  ${group.padEnd(8)} ${username.padEnd(14)} ${password ?? '(created by an earlier run)'}`,
      );
    }
  } finally {
    await connection.close();
  }
}
