import type { Command } from 'commander';
import type { AccessAt, AccessRequest, SchemaAt } from '../../gatehouse/access-at.ts';
import type { CliContext } from '../command.ts';
import { IncompleteAnswerError } from '../incomplete-answer-error.ts';
import { jsonOption, type ReportChoice, report, toTable } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { parseDay } from '../words.ts';

interface AccessAtChoice extends ReportChoice {
  readonly user?: string;
  readonly client?: string;
}

export function addAccessAt(access: Command, context: CliContext): void {
  access
    .command('at')
    .description(
      'show what a user or an API client could access at the end of a day in UTC; exit code 2 if that is not known',
    )
    .argument('<date>', 'the day, such as 2026-03-01; for today, the present time', parseDay)
    .option('--user <user>', 'the user: username or id; a deleted one by id')
    .option('--client <id>', 'the API client')
    .option(...jsonOption)
    .action((day: Date, choice: AccessAtChoice) => runAccessAt(context, day, choice));
}

/**
 * `access at`: prints the groups that an account held, and what these could access by the schema that was served.
 *
 * @throws {UsageError} for a day in the future, and unless one account is named.
 * @throws {IncompleteAnswerError} when a part of the answer is not known.
 */
async function runAccessAt(
  context: CliContext,
  day: Date,
  { user, client, ...choice }: AccessAtChoice,
): Promise<void> {
  const request = { ...subjectOf(user, client), at: endOf(day, new Date()) };
  const { operate } = await import('../../gatehouse/operator.ts');
  const { readAccessAt } = await import('../../gatehouse/access-at.ts');
  const found = await operate(await context.load(), (get) => readAccessAt(get, request));
  await report(context, choice, () => ({ document: found, lines: describe(found) }));
  const unknown = describeUnknown(found);
  if (unknown !== undefined) throw new IncompleteAnswerError(unknown);
}

function subjectOf(
  user: string | undefined,
  client: string | undefined,
): Pick<AccessRequest, 'kind' | 'name'> {
  if (user !== undefined && client === undefined) return { kind: 'USER', name: user };
  if (client !== undefined && user === undefined) return { kind: 'API_CLIENT', name: client };
  throw new UsageError('Name either --user or --client.');
}

const dayMs = 24 * 60 * 60 * 1000;

/** The last millisecond of a day, or the present time. @throws {UsageError} */
function endOf(day: Date, now: Date): Date {
  if (day > now) throw new UsageError('The date is in the future: days are those of UTC.');
  return new Date(Math.min(day.getTime() + dayMs - 1, now.getTime()));
}

const describe = (found: AccessAt): readonly string[] => [
  `${found.subject.kind === 'USER' ? 'user' : 'API client'} ${found.subject.id} at ${found.at.toISOString()}`,
  ...describeAccount(found),
  ...found.schemas.flatMap((schema) => ['', ...describeSchema(schema)]),
];

function describeAccount({ account }: AccessAt): readonly string[] {
  if (account === undefined) return [];
  const grants = account.grants.map(({ group, expiresAt }) =>
    expiresAt === null ? group : `${group} (until ${expiresAt.toISOString()})`,
  );
  return [
    ...(account.state === 'CREATED' || account.state === 'ENABLED'
      ? []
      : [stateLines[account.state ?? 'ABSENT']]),
    `groups: ${grants.length === 0 ? '(none)' : grants.join(', ')}`,
  ];
}

const stateLines = {
  ABSENT: 'not created yet: it could access what anonymous viewers can',
  DISABLED: 'disabled: it could access what anonymous viewers can',
  DELETED: 'deleted: it could access what anonymous viewers can',
} as const;

const verdicts = ['allowed', 'depends', 'refused'] as const;

function describeSchema(schema: SchemaAt): readonly string[] {
  const { schemaHash, firstSeenAt, lastSeenAt, groups, unknownGroups, groupFactors } = schema;
  const rows = verdicts.flatMap((each) =>
    schema.coordinates.filter(({ verdict }) => verdict === each),
  );
  const values = rows.filter(({ isEnumValue }) => isEnumValue === true);
  return [
    `schema ${schemaHash}, served from ${firstSeenAt.toISOString()} to ${lastSeenAt.toISOString()}`,
    ...(groups === null
      ? []
      : [`with what they imply: ${groups.length === 0 ? '(none)' : groups.join(', ')}`]),
    ...unknownGroups.map((name) => `${name}: not in this schema, so it granted nothing`),
    ...Object.entries(groupFactors).map(
      ([name, factors]) =>
        `${name}: held by sessions that had confirmed ${factors === 1 ? '1 kind' : `${factors} kinds`} of factors`,
    ),
    ...(schema.reportsOnly ? ['AUTHORIZATION=report: nothing was denied'] : []),
    ...describeCoordinates(
      'COORDINATE',
      rows.filter(({ isEnumValue }) => isEnumValue !== true),
    ),
    ...(values.length === 0 ? [] : ['', 'values that it could supply, which grants no group:']),
    ...describeCoordinates('VALUE', values),
  ];
}

const describeCoordinates = (head: string, rows: SchemaAt['coordinates']): readonly string[] =>
  toTable(
    ['VERDICT', head, 'CONDITIONS'],
    rows.map(({ verdict, coordinate, conditions }) => [verdict, coordinate, conditions.join(', ')]),
  );

/** Says what is not known, and from when on it is. Undefined: everything is known. */
function describeUnknown({ account, schemas, served, knownFrom }: AccessAt): string | undefined {
  if (account === undefined) {
    return `The history begins at ${knownFrom.toISOString()}: groups and schemas are not known before.`;
  }
  if (schemas.length > 0) return undefined;
  const [before, after] = [served?.before?.toISOString(), served?.after?.toISOString()];
  return [
    'No schema is known for this time, so only groups are shown.',
    before === undefined ? 'No server was seen before.' : `A server was last seen at ${before}.`,
    after === undefined ? 'None was seen since.' : `Schemas are known again from ${after} on.`,
  ].join(' ');
}
