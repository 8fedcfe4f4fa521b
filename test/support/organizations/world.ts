import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GatehouseConfig } from 'graphql-gatehouse';
import { startTestGatehouse } from 'graphql-gatehouse/testing';
import config from '../../../examples/organizations/gatehouse.config.ts';
import type { PrismaClient } from '../../../examples/organizations/src/generated/prisma/client.ts';
import { generateSigningKeys } from '../../../src/authentication/keys/signing-keys.ts';
import { type AskOptions, ask } from '../ask.ts';
import { createPostgresDatabase } from '../test-database.ts';
import { openTestSocket } from '../test-socket.ts';

/** The example. */
export const organizationsProject = {
  directory: fileURLToPath(new URL('../../../examples/organizations', import.meta.url)),
  config,
};

/** A user who has logged in. */
export interface Person {
  readonly id: string;
  readonly accessToken: string;
}

/** What a person holds in a place. */
export interface HeldInPlace {
  readonly group: string;
  readonly type: string;
  readonly id: string;
  readonly expiresAt?: Date;
}

export type Organizations = Awaited<ReturnType<typeof startOrganizations>>;

/**
 * Starts the example: two nodes on one PostgreSQL database, or one on the embedded database, which has one process.
 * `further` adds to its configuration.
 */
export async function startOrganizations(further: Partial<GatehouseConfig<PrismaClient>> = {}) {
  const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';
  const postgres = isPostgres ? await createPostgresDatabase() : undefined;
  const keys = join(process.env.TMPDIR ?? tmpdir(), `organizations-keys-${process.pid}.json`);
  await writeFile(keys, generateSigningKeys(), { mode: 0o600 });
  const domains = [...(config.domains ?? []), ...(further.domains ?? [])];
  const start = () =>
    startTestGatehouse(
      { ...config, ...further, domains },
      {
        directory: organizationsProject.directory,
        environment: { SIGNING_KEYS: keys },
        ...(postgres === undefined ? {} : { databaseUrl: postgres.url }),
      },
    );
  const first = await start();
  const nodes = postgres === undefined ? [first] : [first, await start()];
  const { db } = first;

  return {
    db,
    nodes: nodes.map(({ url }) => url),
    /** Returns the address of a node: of the first, the second, the first again. */
    nodeOf: (round: number): string => nodes[round % nodes.length]?.url ?? first.url,
    subscriptionCount: () => nodes.reduce((sum, node) => sum + node.subscriptionCount(), 0),
    async person(...groups: readonly string[]): Promise<Person> {
      const { id, accessToken } = await first.viewer({ groups });
      return { id, accessToken };
    },
    /** Stores what a person holds in a place, as the database has it. */
    async hold({ id: userId }: Person, { group, type, id, expiresAt }: HeldInPlace): Promise<void> {
      await db.$executeRaw`
        INSERT INTO gatehouse.places (type, id) VALUES (${type}, ${id}) ON CONFLICT DO NOTHING`;
      await db.$executeRaw`
        INSERT INTO gatehouse.place_memberships (user_id, type, place_id, "group", expires_at)
        VALUES (${userId}::uuid, ${type}, ${id}, ${group}, ${expiresAt ?? null}::timestamptz)`;
    },
    /** Returns what is stored in a place: `user group`. */
    async heldIn(type: string, id: string): Promise<readonly string[]> {
      const found = await db.$queryRaw<{ readonly held: string }[]>`
        SELECT user_id || ' ' || "group" AS held FROM gatehouse.place_memberships
        WHERE type = ${type} AND place_id = ${id} ORDER BY 1`;
      return found.map(({ held }) => held);
    },
    /** Asks a node. The first one unless `node` says another. */
    ask: (query: string, person?: Person, options: AskOptions & { node?: string } = {}) =>
      ask(options.node ?? first.url, query, {
        ...options,
        ...(person === undefined ? {} : { token: person.accessToken }),
      }),
    openSocket: (person: Person) =>
      openTestSocket(first.url.replace(/\/graphql$/, ''), { token: person.accessToken }),
    checkRows: first.checkRows,
    async close() {
      for (const node of nodes.toReversed()) await node.close();
      await postgres?.drop();
    },
  };
}

/** Two organizations, A and B, each with an invoice, a project and a task, and their people. */
export async function fillOrganizations({ db, person, hold }: Organizations) {
  const make = async (name: string) => {
    const organization = await db.organization.create({ data: { name } });
    const organizationId = organization.id;
    const project = await db.project.create({ data: { name: `Project ${name}`, organizationId } });
    return {
      ...organization,
      project,
      invoice: await db.invoice.create({
        data: { organizationId, number: `${name}-1`, totalCents: 1200 },
      }),
      task: await db.task.create({
        data: { organizationId, projectId: project.id, text: `Task ${name}` },
      }),
    };
  };
  const [a, b] = [await make('A'), await make('B')];
  const personIn = async (group: string, ...places: readonly { readonly id: string }[]) => {
    const found = await person();
    for (const { id } of places) await hold(found, { group, type: 'Organization', id });
    return found;
  };
  return {
    a,
    b,
    ownerA: await personIn('OWNER', a),
    ownerB: await personIn('OWNER', b),
    billingA: await personIn('BILLING', a),
    memberA: await personIn('MEMBER', a),
    memberB: await personIn('MEMBER', b),
    /** An agency, which pays in both. */
    agency: await personIn('BILLING', a, b),
    stranger: await person(),
    accountant: await person('ACCOUNTANT'),
    admin: await person('ADMIN'),
  };
}
