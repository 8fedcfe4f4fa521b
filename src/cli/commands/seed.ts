import type { AppOptions } from '../../gatehouse/app-inputs.ts';
import { seed } from '../../gatehouse/operator.ts';
import { openDatabase } from '../../gatehouse/project-database.ts';
import type { CliContext } from '../command.ts';
import { firstAdminLines } from '../first-admin-lines.ts';

/** `seed`: data to try the API with. Never where real users are. */
export async function runSeed({ load, print }: CliContext): Promise<void> {
  const options = await load();
  if (options.config.isProduction) {
    throw new Error('seed adds users with known names and must not run with NODE_ENV=production.');
  }
  const connection = await openDatabase(options);
  try {
    await addSamples({ ...options, connection }, { print });
  } finally {
    await connection.close();
  }
}

/** Adds sample accounts and what the domains add, and prints the accounts with their passwords and secrets. */
export async function addSamples(
  options: AppOptions,
  { print }: Pick<CliContext, 'print'>,
): Promise<void> {
  const { users, apiClient } = await seed(options, (firstAdmin) => {
    for (const line of firstAdminLines(firstAdmin)) print(line);
  });
  const known = '(created by an earlier run)';
  for (const { username, group, password = known } of users) {
    print(`  ${group.padEnd(8)} ${username.padEnd(14)} ${password}`);
  }
  const { name, groups, secret = known } = apiClient;
  print(`  API client  ${name}, in the group ${groups.join(' and ')}`);
  print(`  Secret      ${secret}`);
  options.logger.info({ users: users.length, apiClients: 1 }, 'added sample data');
}
