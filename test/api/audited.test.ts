import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { auditedProject } from '../support/audited-project.ts';
import { readReads } from '../support/rights-tables.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket, type TestSocket } from '../support/test-socket.ts';

let server: TestServer;
let nurse: TestUser;
let auditor: TestUser;
let sockets: TestSocket[] = [];
beforeAll(async () => {
  server = await startTestServer({ project: auditedProject });
  nurse = await server.aUser('STAFF');
  auditor = await server.aUser('AUDITOR');
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  sockets = [];
});

const ask = (query: string, { accessToken: token }: Pick<TestUser, 'accessToken'> = nurse) =>
  server.ask(query, { token });
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const rows = () => readReads(server.owner.database);

/** The rows that `work` adds. */
async function rowsOf(work: () => Promise<unknown>) {
  const before = new Set((await rows()).map(({ id }) => id));
  await work();
  return (await rows()).filter(({ id }) => !before.has(id));
}

/** Does something while the table of reads is not there. */
async function withoutTable<Result>(work: () => Promise<Result>): Promise<Result> {
  const { migrations } = server.owner;
  await migrations.query('ALTER TABLE gatehouse_rights.reads RENAME TO mislaid_reads');
  try {
    return await work();
  } finally {
    await migrations.query('ALTER TABLE gatehouse_rights.mislaid_reads RENAME TO reads');
  }
}

async function openSocket({ accessToken: token }: TestUser) {
  const socket = openTestSocket(server.url, { token });
  sockets.push(socket);
  await socket.connected;
  return socket;
}

async function subscribe(user: TestUser, query: string) {
  const before = server.events.subscriberCount();
  const subscription = (await openSocket(user)).subscribe(query);
  await expect.poll(() => server.events.subscriberCount(), { interval: 5 }).toBe(before + 1);
  return subscription;
}

/** Why reads were not recorded, of those that were not the fault of the database. */
const loggedCauses = (): string[] =>
  server.logLines
    .map((line) => JSON.parse(line))
    .filter(({ msg, level, requestId }) => {
      return msg === 'recording reads failed' && level === 50 && requestId !== undefined;
    })
    .map(({ err }) => err.message);

describe('an answer with audited fields', () => {
  it('is recorded: viewer, coordinate, type, ids, operation, address and request', async () => {
    const query = '{ patients { name ssn } again: patients(first: 1) { ssn } }';
    const startedAt = Date.now();
    const [row, ...others] = await rowsOf(async () => {
      const { status, headers, data } = await ask(query);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(data.patients[0].ssn).toBe('ssn-0');
    });
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      coordinate: 'Patient.ssn',
      type: 'Patient',
      ids: ['p0', 'p1', 'p2'],
      actorKind: 'USER',
      actorId: nurse.id,
      ip: '127.0.0.1',
      operation: hashOf(query),
    });
    expect(row?.at.getTime()).toBeGreaterThanOrEqual(startedAt);
    expect(server.logLines.join('')).toContain(`"requestId":"${row?.requestId}"`);
  });

  it('has a row for each thousand ids', async () => {
    const added = await rowsOf(() => ask('{ patients(first: 1500) { ssn } }'));
    expect(added.map(({ ids }) => ids.length)).toEqual([1_000, 500]);
  });

  it('is recorded for an anonymous viewer too, with the address', async () => {
    const added = await rowsOf(() => server.ask('{ notice { text } }'));
    expect(added).toMatchObject([
      { coordinate: 'Notice.text', type: null, ids: [], actorKind: null, ip: '127.0.0.1' },
    ]);
  });

  it.each([
    ['without an audited field', '{ patients { name } }', {}],
    ['that is refused', '{ patients { ssn } users { edges { node { id } } } }', {}],
    ['that is only decided', '{ patients { ssn } }', { prefer: 'decide-only' }],
  ])('is not recorded when it is one %s', async (_case, query, headers) => {
    const added = await rowsOf(async () => {
      const answer = await server.ask(query, { token: nurse.accessToken, headers });
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });
    expect(added).toEqual([]);
  });

  it('adds no event to the audit log', async () => {
    const { database } = server.owner;
    const before = await database.auditEvent.count();
    await ask('{ patients { ssn } }');
    expect(await database.auditEvent.count()).toBe(before);
  });

  it('is recorded over a socket, and for each event of a subscription', async () => {
    const signedIn = await subscribe(nurse, 'subscription { signedIn { action } }');
    const added = await rowsOf(async () => {
      await server.logIn('admin', 'violet-otter-ladder-93-quay');
      expect((await signedIn.result()).data).toEqual({ signedIn: { action: 'login.succeeded' } });
      const read = (await openSocket(nurse)).subscribe('{ patients(first: 1) { ssn } }');
      await read.ended;
    });
    expect(added.map(({ coordinate, type, actorId }) => [coordinate, type, actorId])).toEqual([
      ['SignIn.action', 'SignIn', nurse.id],
      ['Patient.ssn', 'Patient', nurse.id],
    ]);
  });

  it('is recorded with one write for all subscribers of an event', async () => {
    const subscriptions = [];
    for (let count = 0; count < 40; count += 1) {
      subscriptions.push(await subscribe(nurse, 'subscription { signedIn { action } }'));
    }
    await server.logIn('admin', 'violet-otter-ladder-93-quay');
    await Promise.all(subscriptions.map(({ result }) => result()));
    const [written] = await server.owner.database.$queryRaw<{ rows: number; writes: number }[]>`
      SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS writes FROM gatehouse_rights.reads
      WHERE coordinate = 'SignIn.action'
        AND at > (SELECT max(at) - interval '5 seconds' FROM gatehouse_rights.reads)`;
    expect(written?.rows).toBeGreaterThanOrEqual(40);
    // The test before may have added one. On a busy machine, answers can be further apart.
    expect(written?.writes).toBeLessThanOrEqual(4);
  });
});

describe('an answer whose reads cannot be recorded', () => {
  it('has no data, with status 503, if it is that of a query', async () => {
    const { status, body, reason, headers } = await withoutTable(() => ask('{ patients { ssn } }'));
    expect({ status, reason, keys: Object.keys(body) }).toEqual({
      status: 503,
      reason: 'READ_NOT_RECORDED',
      keys: ['errors'],
    });
    expect(body.errors[0].extensions.code).toBe('SERVICE_UNAVAILABLE');
    expect(headers.get('retry-after')).toBe('1');
    expect(server.logLines.join('')).toContain('recording reads failed');
  });

  it('lacks only the audited fields, with status 200, if it is that of a mutation', async () => {
    const mutation = 'mutation { renamePatient(id: "p9", name: "Nine") { name ssn } }';
    const { status, data, errors } = await withoutTable(() => ask(mutation));
    expect({ status, data }).toEqual({
      status: 200,
      data: { renamePatient: { name: 'Nine', ssn: null } },
    });
    expect(errors).toMatchObject([
      {
        path: ['renamePatient', 'ssn'],
        extensions: { code: 'SERVICE_UNAVAILABLE', reason: 'READ_NOT_RECORDED' },
      },
    ]);
  });

  it('has status 200 also if the field of the mutation is audited and not nullable', async () => {
    const mutation = 'mutation { replaceName(id: "p8", name: "Eight") }';
    const { status, body } = await withoutTable(() => ask(mutation));
    expect({ status, data: body.data, path: body.errors[0].path }).toEqual({
      status: 200,
      data: null,
      path: ['replaceName'],
    });
    expect((await ask('{ patients(first: 9) { name } }')).data.patients[8].name).toBe('Eight');
  });

  it('is not sent if it is an event, and the subscription ends', async () => {
    const signedIn = await subscribe(nurse, 'subscription { signedIn { action } }');
    await withoutTable(async () => {
      await server.logIn('admin', 'violet-otter-ladder-93-quay');
      expect(await signedIn.ended).toMatchObject([{ extensions: { code: 'EVENTS_LOST' } }]);
    });
    expect(signedIn.results).toEqual([]);
  });

  it('has no data, and its cause is logged, if an object has no id', async () => {
    const { status, body, reason, code } = await ask(
      '{ sample { value } again: sample { value } }',
    );
    expect({ status, code, reason, keys: Object.keys(body) }).toEqual({
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      reason: 'READ_NOT_RECORDED',
      keys: ['errors'],
    });
    expect(JSON.stringify(body)).not.toContain('idOf');
    expect(loggedCauses()).toEqual([
      'Sample: an object has no id to record: give the type an `idOf`',
    ]);
  });

  it('is not sent if it is an event without an id, and the cause is logged', async () => {
    const before = loggedCauses().length;
    const signedIn = await subscribe(nurse, 'subscription { signedIn { sample { value } } }');
    await server.logIn('admin', 'violet-otter-ladder-93-quay');
    expect(await signedIn.ended).toMatchObject([{ extensions: { code: 'EVENTS_LOST' } }]);
    expect(loggedCauses()).toHaveLength(before + 1);
  });

  it('comes over a socket in the same form', async () => {
    const socket = await openSocket(nurse);
    await withoutTable(async () => {
      expect(await socket.subscribe('{ patients { ssn } }').ended).toMatchObject([
        { extensions: { code: 'SERVICE_UNAVAILABLE', reason: 'READ_NOT_RECORDED' } },
      ]);
      const renaming = socket.subscribe(
        'mutation { renamePatient(id: "p7", name: "Seven") { name ssn } }',
      );
      expect((await renaming.result()).data).toEqual({
        renamePatient: { name: 'Seven', ssn: null },
      });
    });
  });
});

describe('an answer whose record waits', () => {
  // The embedded database has one connection, so nothing can hold a lock there.
  it.runIf(process.env.TEST_DATABASE_KIND === 'postgresql')(
    'is that of a mutation that has happened, also when the time for the database is over',
    async () => {
      const environment = {
        DATABASE_STATEMENT_TIMEOUT_MS: '400',
        DATABASE_REQUEST_TIMEOUT_MS: '450',
      };
      const slow = await startTestServer({ project: auditedProject, environment });
      const { accessToken: token } = await slow.aUser('STAFF');
      const locked = new EventEmitter();
      const holding = slow.owner.database.$transaction(
        async (transaction) => {
          await transaction.$executeRaw`LOCK TABLE gatehouse_rights.reads IN ACCESS EXCLUSIVE MODE`;
          locked.emit('locked');
          await once(locked, 'done');
        },
        { timeout: 60_000 },
      );
      await once(locked, 'locked');
      const mutation = 'mutation { renamePatient(id: "p6", name: "Six") { name ssn } }';
      const changed = await slow.ask(mutation, { token });
      const read = await slow.ask('{ patients { ssn } }', { token });
      locked.emit('done');
      await holding;
      await slow.stop();
      expect([changed.status, changed.reason, changed.data]).toEqual([
        200,
        'READ_NOT_RECORDED',
        { renamePatient: { name: 'Six', ssn: null } },
      ]);
      expect([read.status, read.data]).toEqual([503, undefined]);
    },
  );
});

describe('recordReads', () => {
  const reads = (selection: string) => `recordReads(type: "Patient", id: "p3", first: 1) {
    edges { cursor node { ${selection} } } pageInfo { hasNextPage } }`;

  it('shows who read a record, latest first, and is recorded once for each operation', async () => {
    await ask('{ patients(first: 4) { ssn } }');
    await ask('query Chart { patients(first: 5) { ssn } }');
    const query = `{ ${reads('coordinate ip operation actorId actor { ... on User { username } }')}
      again: ${reads('id')} }`;
    const added = await rowsOf(async () => {
      const { data, errors } = await ask(query, auditor);
      expect(errors).toEqual([]);
      expect(data.recordReads.edges[0].node).toEqual({
        coordinate: 'Patient.ssn',
        ip: '127.0.0.1',
        operation: hashOf('query Chart { patients(first: 5) { ssn } }'),
        actorId: nurse.id,
        actor: { username: nurse.username },
      });
      expect(data.recordReads.pageInfo.hasNextPage).toBe(true);
      const next = `{ recordReads(type: "Patient", id: "p3", first: 1, after: "${data.recordReads.edges[0].cursor}") {
        edges { node { operation } } } }`;
      expect((await ask(next, auditor)).data.recordReads.edges[0].node.operation).toBe(
        hashOf('{ patients(first: 4) { ssn } }'),
      );
    });
    expect(added.map(({ coordinate, actorId }) => [coordinate, actorId])).toEqual([
      ['Query.recordReads', auditor.id],
      ['Query.recordReads', auditor.id],
    ]);
  });

  it('keeps the id of a user who is deleted', async () => {
    const gone = await server.aUser('STAFF');
    await ask('{ patients(first: 100) { ssn } }', gone);
    await server.ask(`mutation { deleteUser(id: "${gone.id}") }`, {
      token: server.admin.accessToken,
    });
    const query = `{ recordReads(type: "Patient", id: "p99", first: 1) {
      edges { node { actorId actor { __typename } } } } }`;
    expect((await ask(query, auditor)).data.recordReads.edges[0].node).toEqual({
      actorId: gone.id,
      actor: null,
    });
  });

  it('shows who read a record whose id is empty', async () => {
    const query = '{ recordReads(type: "Patient", id: "") { edges { node { actorId } } } }';
    expect((await ask(query, auditor)).data).toEqual({ recordReads: { edges: [] } });
  });

  it.each(['type: "", id: "p3"', 'type: "Patient", id: "\\u0000"'])(
    'refuses these arguments: %s',
    async (args) => {
      const query = `{ recordReads(${args}) { edges { cursor } } }`;
      expect((await ask(query, auditor)).code).toBe('BAD_USER_INPUT');
    },
  );
});
