import { parseConfig } from '../../src/config/config.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { type AccessAt, type AccessRequest, readAccessAt } from '../../src/gatehouse/access-at.ts';
import { inputsOf } from '../../src/gatehouse/app-inputs.ts';
import { createParts } from '../../src/gatehouse/part.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { roomsProject } from './rooms-project.ts';

/** Something that runs SQL with the rights of the owner. */
type Owner = Pick<DatabaseConnection['migrations'], 'query'>;

/** Moves the whole history into the past, as if everything had happened earlier. For the owner. */
export async function moveHistory(owner: Owner, days: number): Promise<void> {
  const earlier = (column: string) => `${column} = ${column} - INTERVAL '${days} days'`;
  await owner.query(
    'ALTER TABLE gatehouse.access_changes DISABLE TRIGGER access_changes_append_only',
  );
  await owner.query(
    `UPDATE gatehouse.access_changes SET ${earlier('at')}, ${earlier('expires_at')}`,
  );
  await owner.query(
    'ALTER TABLE gatehouse.access_changes ENABLE TRIGGER access_changes_append_only',
  );
  await owner.query(`UPDATE gatehouse.access_schema_runs
    SET ${earlier('first_seen_at')}, ${earlier('last_seen_at')}`);
}

/** Reads what an account could access, as the command does. `at`: by default the present time. */
export function accessOf(
  connection: DatabaseConnection,
  { at = new Date(), ...subject }: Omit<AccessRequest, 'at'> & { readonly at?: Date },
): Promise<AccessAt> {
  const config = parseConfig({ NODE_ENV: 'test' });
  const logger = createLogger(config.logLevel, { write: () => {} });
  const { get } = createParts(inputsOf({ config, logger, project: roomsProject, connection }));
  return readAccessAt(get, { ...subject, at });
}

/** The coordinates of each verdict by the schemas that were served, latest first. */
export const verdictsAt = ({ schemas }: AccessAt, coordinate: string): readonly string[] =>
  schemas
    .toSorted((one, other) => other.firstSeenAt.getTime() - one.firstSeenAt.getTime())
    .flatMap(({ coordinates }) => coordinates.filter((each) => each.coordinate === coordinate))
    .map(({ verdict, conditions }) => [verdict, ...conditions].join(' '));
