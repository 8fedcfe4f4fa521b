import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { generateSigningKeys } from '../../../src/authentication/keys/signing-keys.ts';
import { connectPostgres } from '../../../src/database/connect/connect-postgres.ts';
import { mailSettings } from '../mail/mail-server.ts';
import {
  type ReceivedMail,
  type SmtpMoment,
  startSmtpServer,
  type TestSmtpServer,
} from '../mail/smtp-server.ts';
import type { Environment, Gatehouse, ServingProcess } from '../process.ts';
import { createMigratedDatabase } from '../test-database.ts';
import { adminPassword } from '../test-server.ts';
import { mailDirectory, migrateMail } from './mail-project.ts';

/** How much faster the clock of the senders is: a lease of 45 s ends after 1.5 s. */
const clockFactor = 30;

/** A place for a node: its SMTP server stays when the node is killed, so that it is known which node sends. */
interface Place {
  readonly smtp: TestSmtpServer;
  /** Undefined while it starts. */
  node: ServingProcess | undefined;
}

/** Two nodes with accounts by mail over one PostgreSQL database, for a role that owns nothing. */
export interface MailNodes {
  /** The URLs of the nodes that run. */
  urls(): readonly string[];
  /** All mails that arrived from either. */
  mails(): readonly ReceivedMail[];
  /** A connection of the owner of the tables. */
  readonly sql: pg.Client;
  /** Calls back at each moment of a mail from either node, until the next call. */
  watch(onMoment: (place: number, moment: SmtpMoment) => void): void;
  /** Kills a node by SIGKILL. */
  kill(place: number): Promise<void>;
  /** Starts a node again that was killed. */
  restart(place: number): Promise<void>;
}

export async function startMailNodes(gatehouse: Gatehouse): Promise<MailNodes> {
  const { url, nodeUrl, drop } = await createMigratedDatabase();
  onTestFinished(drop); // after the hooks, which end the processes
  const owner = connectPostgres({ url, onPoolError: () => {}, maxConnections: 2 });
  await migrateMail(owner);
  await owner.close();
  const sql = new pg.Client({ connectionString: url });
  await sql.connect();
  onTestFinished(() => sql.end());
  const environment = await environmentOf(gatehouse, nodeUrl);
  let onMoment: (place: number, moment: SmtpMoment) => void = () => {};
  const serve = (smtp: TestSmtpServer) =>
    gatehouse.serve({ ...environment, ...mailSettings(smtp.url) }, ['--project', mailDirectory]);
  const startPlace = async (place: number): Promise<Place> => {
    const smtp = await startSmtpServer({ onMoment: (moment) => onMoment(place, moment) });
    onTestFinished(smtp.close);
    return { smtp, node: await serve(smtp) };
  };
  // The first node adds the ADMIN.
  const places = [await startPlace(0), await startPlace(1)];
  return {
    sql,
    urls: () => places.flatMap(({ node }) => node?.url ?? []),
    mails: () => places.flatMap(({ smtp }) => smtp.mails()),
    watch: (watching) => {
      onMoment = watching;
    },
    async kill(index) {
      const place = places[index];
      if (place?.node === undefined) throw new Error('There is no such node.');
      const { kill, exited } = place.node;
      kill('SIGKILL');
      place.node = undefined;
      await exited;
    },
    async restart(index) {
      const place = places[index];
      if (place === undefined) throw new Error('There is no such place.');
      place.node = await serve(place.smtp);
    },
  };
}

async function environmentOf(gatehouse: Gatehouse, databaseUrl: string): Promise<Environment> {
  const keysFile = join(gatehouse.folder(), 'keys.json');
  await writeFile(keysFile, generateSigningKeys(), { mode: 0o600 });
  return {
    DATABASE_URL: databaseUrl,
    MIGRATE: 'off',
    SIGNING_KEYS: keysFile,
    ADMIN_PASSWORD: adminPassword,
    TRUST_PROXY: '1',
    LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
    LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
    MAX_SESSIONS_PER_USER: '10000',
    // On a busy machine, requests can take much longer than in production.
    DATABASE_REQUEST_TIMEOUT_MS: '60000',
    OPERATION_TIMEOUT_MS: '60000',
    MAIL_CLOCK_STARTS_AT: String(Date.now()),
    MAIL_CLOCK_FACTOR: String(clockFactor),
  };
}
