import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseAccess } from 'graphql-gatehouse';
import { startTestGatehouse } from 'graphql-gatehouse/testing';
import config from '../../../examples/wards/gatehouse.config.ts';
import { PrismaClient } from '../../../examples/wards/src/generated/prisma/client.ts';
import { generateSigningKeys } from '../../../src/authentication/keys/signing-keys.ts';
import { type AskOptions, ask } from '../ask.ts';
import { createPostgresDatabase } from '../test-database.ts';
import { openTestSocket } from '../test-socket.ts';
import { careless } from './careless.ts';
import type { Asker } from './oracle.ts';

/** The example. */
export const wardsProject = {
  directory: fileURLToPath(new URL('../../../examples/wards', import.meta.url)),
  config,
};

/** A viewer that can send requests to each node. */
export interface Viewer extends Asker {
  readonly who: string;
  readonly accessToken: string;
}

/** A statement that a node sent to the tables of the project. */
export type OnStatement = (sql: string) => void;

/**
 * Starts the example, with the careless ways: two nodes on one PostgreSQL database, or one on the embedded database, which
 * has one process.
 */
export async function startWards(onStatement: OnStatement) {
  const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';
  const postgres = isPostgres ? await createPostgresDatabase() : undefined;
  const keys = join(process.env.TMPDIR ?? tmpdir(), `wards-keys-${process.pid}.json`);
  await writeFile(keys, generateSigningKeys(), { mode: 0o600 });
  const start = () =>
    startTestGatehouse(
      {
        ...config,
        domains: [...(config.domains ?? []), careless],
        database: (access) => createClient(access, onStatement),
      },
      {
        directory: wardsProject.directory,
        log: (line) => void logged.push(line),
        environment: {
          MAX_COST_USER: '10000000',
          SIGNING_KEYS: keys,
          // On a busy machine, nested lists take much longer than in production.
          DATABASE_STATEMENT_TIMEOUT_MS: '30000',
          DATABASE_REQUEST_TIMEOUT_MS: '60000',
          OPERATION_TIMEOUT_MS: '60000',
        },
        ...(postgres === undefined ? {} : { databaseUrl: postgres.url }),
      },
    );
  const logged: string[] = [];
  const first = await start();
  const nodes = postgres === undefined ? [first] : [first, await start()];
  return {
    db: first.db,
    logged,
    nodes: nodes.map(({ url }) => url),
    subscriptionCount: () => nodes.reduce((sum, node) => sum + node.subscriptionCount(), 0),
    async viewer(who: string, ...groups: readonly string[]): Promise<Viewer> {
      const { id, accessToken } = await first.viewer({ groups });
      return { who, id, groups, accessToken };
    },
    /** Asks a node. The first one unless `node` says another. */
    ask: (query: string, viewer?: Viewer, options: AskOptions & { node?: string } = {}) =>
      ask(options.node ?? first.url, query, {
        ...options,
        ...(viewer === undefined ? {} : { token: viewer.accessToken }),
      }),
    openSocket: (node: string, viewer?: Viewer) =>
      openTestSocket(
        node.replace(/\/graphql$/, ''),
        viewer === undefined ? {} : { token: viewer.accessToken },
      ),
    checkRows: first.checkRows,
    async close() {
      for (const node of nodes.toReversed()) await node.close();
      await postgres?.drop();
    },
  };
}

export type Wards = Awaited<ReturnType<typeof startWards>>;

function createClient({ adapter }: DatabaseAccess, onStatement: OnStatement): PrismaClient {
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  client.$on('query', ({ query }) => onStatement(query));
  return client;
}

/** The rows with which each test file begins: two wards, their staff, patients and notes. */
export async function fillWards({ db, viewer }: Wards) {
  const ward = (name: string) => db.ward.create({ data: { name } });
  const [a, b] = [await ward('A'), await ward('B')];
  const viewers = {
    nurseA: await viewer('a nurse of A', 'NURSE'),
    doctorA: await viewer('a doctor of A', 'DOCTOR'),
    nurseB: await viewer('a nurse of B', 'NURSE'),
    patient: await viewer('a patient'),
    manager: await viewer('a manager', 'MANAGER'),
    auditor: await viewer('a member of A in another group', 'AUDITOR'),
    stranger: await viewer('a stranger'),
  };
  const { nurseA, doctorA, nurseB, auditor } = viewers;
  await db.wardMember.createMany({
    data: [nurseA, doctorA, auditor]
      .map(({ id }) => ({ wardId: a.id, userId: id }))
      .concat({ wardId: b.id, userId: nurseB.id }),
  });
  const patient = (name: string, wardId: string, userId: string | null = null) =>
    db.patient.create({ data: { name: `Patient ${name}`, wardId, userId } });
  const patients = [
    await patient('Ada', a.id, viewers.patient.id),
    await patient('Bob', a.id),
    await patient('Cleo', b.id),
    await patient('Dan', b.id, nurseA.id),
  ];
  for (const { id: patientId, name } of patients) {
    for (const author of [nurseA, doctorA, nurseB]) {
      for (const isConfidential of [false, true]) {
        const text = `Text about ${name}`;
        await db.note.create({
          data: { patientId, authorId: author.id, text, isConfidential },
        });
      }
    }
  }
  return { a, b, viewers };
}
