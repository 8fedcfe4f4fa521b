import { expect, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../src/database/connect.ts';
import { areaUnderCurve, fingerprint } from '../support/answer-times.ts';
import { ask } from '../support/ask.ts';
import { mailSettings } from '../support/mail/mail-server.ts';
import { startSmtpServer } from '../support/mail/smtp-server.ts';
import { mailDirectory, migrateMail } from '../support/mail-kill/mail-project.ts';
import { type Environment, type Gatehouse, useGatehouse } from '../support/process.ts';
import { createMigratedDatabase } from '../support/test-database.ts';
import { adminPassword } from '../support/test-server.ts';
import { isPostgres, percentile, print } from './login-world.ts';

/**
 * `npm run proof -- mail-timing`: asks for a new password and for an account with addresses that an account has verified, and
 * with others, in random order. The answers are the same to the byte, and their times do not show which is which. Each
 * address is used once, and each request has another sender: no limit is reached. Mails are sent meanwhile.
 */
const pairs = Number(process.env.PAIRS ?? 1_000);
const kinds = ['verified', 'unknown', 'disabled', 'unverified'] as const;
type Kind = (typeof kinds)[number];
const gatehouse = useGatehouse();

it.each(['requestPasswordReset', 'signUp'])(
  `distinguishes no address by ${pairs} pairs of answers of %s`,
  async (field) => {
    const url = await startServer(gatehouse);
    let requests = 0;
    const measure = async (email: string) => {
      requests += 1;
      const headers = {
        'x-forwarded-for': `10.${[16, 8, 0].map((n) => (requests >> n) & 255).join('.')}`,
      };
      const query = `mutation ($email: String!) { ${field}(email: $email) }`;
      const startedAt = performance.now();
      const answer = await ask(`${url}/graphql`, query, { variables: { email }, headers });
      return { tookMs: performance.now() - startedAt, fingerprint: fingerprint(answer) };
    };
    for (let n = 0; n < 100; n += 1) await measure(`warm-${n}@example.org`);

    const times = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
    const answers = new Set<string>();
    for (let n = 0; n < pairs; n += 1) {
      for (const kind of inRandomOrder(kinds)) {
        const measured = await measure(addressOf(kind, n));
        times.get(kind)?.push(measured.tookMs);
        answers.add(measured.fingerprint);
      }
    }

    const unknown = times.get('unknown') ?? [];
    const curves = kinds
      .filter((kind) => kind !== 'unknown')
      .map((kind) => [kind, areaUnderCurve(times.get(kind) ?? [], unknown)] as const);
    const medians = kinds.map((kind) => percentile(times.get(kind) ?? [], 0.5).toFixed(2));
    print(
      `${field}, ${pairs} pairs on ${isPostgres ? 'PostgreSQL' : 'the embedded database'}: ` +
        `median ${kinds.map((kind, n) => `${medians[n]} ms ${kind}`).join(', ')}; ` +
        `AUC ${curves.map(([kind, auc]) => `${auc.toFixed(3)} ${kind}`).join(', ')}; ` +
        `${answers.size} different answers`,
    );
    expect([...answers]).toHaveLength(1);
    for (const [kind, auc] of curves) {
      expect(auc, kind).toBeGreaterThan(0.45);
      expect(auc, kind).toBeLessThan(0.55);
    }
  },
);

const addressOf = (kind: Kind, n: number): string => `${kind}-${n}@example.org`;

/** In a fixed order the times of each kind would follow another one. */
const inRandomOrder = <Each>(all: readonly Each[]): Each[] =>
  all
    .map((each) => ({ each, at: Math.random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ each }) => each);

/** Starts a server with users of each kind, but for unknown ones. Returns its URL. */
async function startServer(program: Gatehouse): Promise<string> {
  const smtp = await startSmtpServer();
  onTestFinished(smtp.close);
  const environment = {
    ADMIN_PASSWORD: adminPassword,
    TRUST_PROXY: '1',
    MIGRATE: 'off',
    ...mailSettings(smtp.url),
    ...(await fillDatabase(program)),
  };
  return (await program.serve(environment, ['--project', mailDirectory])).url;
}

/** Adds the tables of mails and the users. Returns the settings of the database. */
async function fillDatabase(program: Gatehouse): Promise<Environment> {
  const postgres = isPostgres ? await createMigratedDatabase() : undefined;
  if (postgres === undefined) await program.prepareDataDir();
  else onTestFinished(postgres.drop); // after the hooks, which end the processes
  const owner = await connectDatabase({
    url: postgres?.url,
    dataDir: program.dataDir(),
    mayCreate: true,
    onPoolError: () => {},
  });
  await migrateMail(owner);
  for (const kind of kinds) {
    if (kind !== 'unknown') await owner.database.$executeRawUnsafe(addUsers, kind, pairs);
  }
  await owner.close();
  return postgres === undefined ? {} : { DATABASE_URL: postgres.nodeUrl };
}

/** Users without a password, whose addresses are verified but for one kind. */
const addUsers = `WITH added AS (
    INSERT INTO gatehouse.users (id, username, username_key, display_name, email, password_hash, disabled_at)
    SELECT gen_random_uuid(), name, name, name, name || '@example.org', '', CASE WHEN $1 = 'disabled' THEN now() END
    FROM generate_series(0, $2::int - 1) AS n, LATERAL (SELECT $1 || '-' || n AS name) AS named
    RETURNING id, email
  )
  INSERT INTO gatehouse_mail.addresses (user_id, address, address_key, verified_at)
  SELECT id, email, email, now() FROM added WHERE $1 <> 'unverified'`;
