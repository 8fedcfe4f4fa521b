import type { GatehousePackage } from '../../src/index.ts';
import type { PeopleConsole } from './console-people.ts';
import { createFactorsClient } from './factors-server.ts';
import type { TestUser } from './test-server.ts';

/** A name of a file cannot have a slash. */
const image = '"><img src=x onerror=attacked=1>';

/** What would run, or load something, in a page that took it for markup; and a character that turns what comes after it. */
export const shortMarkup = `${image}\u202E`;
export const markup = `${image}<img src=//evil.test/i><svg onload=attacked=1><script>attacked=1</script>javascript:attacked=1\u202E`;
const long = 'w'.repeat(10_000);
export const longMarkup = `${markup}${long}`;

/** Files of a front end. One has a name of markup, and an error that quotes markup. */
export const markedOperations = {
  'web.graphql': 'query Marked { serverInfo { name } }',
  [`${image}.graphql`]: `query { ${JSON.stringify(markup)} }`,
};

/** A group and a finding of doctor with markup. */
export const markedPackage: GatehousePackage = {
  name: 'marked',
  domains: () => [
    {
      name: 'marked',
      typeDefs: `extend enum Group { """Marked ${markup}""" MARKED }`,
    },
  ],
  doctor: async () => [
    { name: `marked ${shortMarkup}`, state: 'warning', found: longMarkup, advice: markup },
  ],
};

/** Rows with markup in every text that the console shows. */
export interface MarkedRows {
  readonly personId: string;
  readonly programId: string;
}

const quote = (text: string): string => `$text$${text}$text$`;

/**
 * Adds rows with markup. Most of it is written past the API, which refuses it: the pages must not depend on that.
 */
export async function addMarkedRows({ server }: PeopleConsole): Promise<MarkedRows> {
  const person = await server.aUser('STAFF', 'MARKED');
  const personId = person.id;
  await createFactorsClient(server, () => new Date()).addApp(person);
  const asAdmin = { token: server.admin.accessToken };
  const made = await server.ask(
    `mutation ($name: String!) {
      createApiClient(name: $name, groups: []) { client { id } }
      inviteUser(input: { email: "someone@example.org" }) { id }
    }`,
    { ...asAdmin, variables: { name: markup.replace('\u202E', '') } },
  );
  const programId: string = made.data.createApiClient.client.id;
  await markNames(server, person);
  const statements = [
    `UPDATE gatehouse.users SET username = ${quote(shortMarkup)}, username_key = 'marked',
       email = ${quote(markup)} WHERE id = '${personId}'`,
    `UPDATE gatehouse.memberships SET granted_at = now() - interval '200 days' WHERE user_id = '${personId}'`,
    `UPDATE gatehouse.sessions SET user_agent = ${quote(longMarkup)}, ip = ${quote(shortMarkup)}
       WHERE user_id = '${personId}'`,
    `UPDATE gatehouse.api_clients SET name = ${quote(markup)} WHERE id = '${programId}'`,
    `UPDATE gatehouse_factors.otp_factors SET name = ${quote(longMarkup)}`,
    `UPDATE gatehouse_mail.invitations SET address = ${quote(longMarkup)}`,
    // Ids begin with their time: these are of now.
    `INSERT INTO gatehouse.audit_events (id, at, action, actor_kind, actor_id, subject_id, ip, detail)
       SELECT overlay(gen_random_uuid()::text PLACING left(latest.id::text, 15) FROM 1 FOR 15)::uuid, now(),
         'client.marked', kind::gatehouse.actor_kind, actor::uuid, '${personId}', ${quote(shortMarkup)},
         ${quote(longMarkup)}
       FROM (VALUES ('USER', '${personId}'), ('API_CLIENT', '${programId}')) AS made (kind, actor),
         (SELECT id FROM gatehouse.audit_events ORDER BY id DESC LIMIT 1) AS latest`,
  ];
  for (const statement of statements) await server.connection.migrations.query(statement);
  return { personId, programId };
}

/** Makes the display name of a user markup. */
export const markNames = async (
  { connection }: PeopleConsole['server'],
  { id }: Pick<TestUser, 'id'>,
): Promise<void> => {
  await connection.migrations.query(
    `UPDATE gatehouse.users SET display_name = ${quote(markup)} WHERE id = '${id}'`,
  );
};
