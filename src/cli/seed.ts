import { openDatabase } from '../app.ts';
import { seed } from '../operator.ts';
import type { CliContext } from './command.ts';
import { firstAdminLines } from './first-admin-lines.ts';

/** `seed`: data to try the API with. Never where real users are. */
export async function runSeed({ config, logger, print, ...context }: CliContext): Promise<void> {
  const settings = config();
  if (settings.isProduction) {
    throw new Error('seed adds users with known names and must not run with NODE_ENV=production.');
  }
  const options = { config: settings, logger: logger(), project: await context.project() };
  const connection = await openDatabase(options);
  try {
    const users = await seed({ ...options, connection }, (firstAdmin) => {
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
