import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { tokenViewer } from '@graphql-gatehouse/authorization/tokens';
import { buildASTSchema, concatAST, type GraphQLSchema, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ask } from '../support/ask.ts';
import { eventually } from '../support/eventually.ts';
import type { Serving } from '../support/node-shell.ts';
import { repository } from '../support/process.ts';
import { checkRows } from '../support/routers/check-rows.ts';
import { type EventResult, openEventStream } from '../support/routers/event-stream.ts';
import {
  failures,
  hiddenTexts,
  startFailingSubgraphs,
} from '../support/routers/failing-subgraphs.ts';
import { createRouterFolder, type RouterFolder } from '../support/routers/router-folder.ts';
import { compareGuards, guardsOfSupergraph } from '../support/routers/router-guards.ts';
import {
  invoiceOperations,
  roomOperations,
  skippedSelections,
} from '../support/routers/router-operations.ts';
import { askRouters, printRows, type RoutedOperation } from '../support/routers/router-table.ts';
import { type StartedRouters, startRouters } from '../support/routers/start-routers.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/routers/token-issuer.ts';
import { adminPassword, userPassword } from '../support/test-server.ts';

/**
 * `npm run proof -- router`: Hive Gateway, installed from npm into a folder of its own, in front of the demo and of two
 * subgraphs that share a type. Each operation is sent by each viewer through the router and to the subgraph itself, over
 * HTTP. Composition for Cosmo Router is checked too; its router is not on npm.
 */
const tell = (line: string) => void process.stdout.write(`${line}\n`);

/** How many queries of two viewers are sent at once. A gateway sends equal requests to a subgraph once. */
const atOnce = 40;

let folder: RouterFolder;
const open: { stop(): unknown }[] = [];
const keep = <Opened extends { stop(): unknown }>(opened: Opened): Opened => {
  open.push(opened);
  return opened;
};

beforeAll(async () => {
  folder = await createRouterFolder();
  tell(
    `Node.js ${process.version}; ${Object.entries(folder.versions)
      .map((each) => each.join(' '))
      .join(', ')}`,
  );
}, 600_000);
afterAll(async () => {
  for (const each of open.toReversed()) await each.stop();
  await folder.remove();
});

/** What a library for subgraphs adds to their SDL. */
const subgraphTypeDefs = 'directive @key(fields: String!) repeatable on OBJECT';

const guardedSchema = (...texts: readonly string[]): GraphQLSchema =>
  buildASTSchema(concatAST([subgraphTypeDefs, ...texts].map((text) => parse(text))), {
    assumeValidSDL: true,
  });

/** What the modules of the two subgraphs export. */
const subgraphSchema = z.object({
  printForRouter: z.function({ output: z.string() }),
  start: z.function({
    input: [z.number(), z.unknown()],
    output: z.promise(z.object({ url: z.string(), stop: z.function() })),
  }),
});

describe('two subgraphs that share a type', () => {
  const groups = ['ACCOUNTING', 'DRIVER'];
  let issuer: TokenIssuer;
  let world: StartedRouters;

  beforeAll(async () => {
    issuer = keep(await startTokenIssuer());
    const viewerOfToken = tokenViewer<{ readonly groups: readonly string[] }>({
      issuer: 'gatehouse',
      audience: 'gatehouse',
      jwks: `${issuer.url}/.well-known/jwks.json`,
      groups: (claims) => claims.groups,
    });
    const viewerOf = async (authorization: string | undefined) => {
      const viewer = await viewerOfToken(authorization);
      return viewer.isAuthenticated ? { ...viewer, name: viewer.claims.sub } : viewer;
    };
    const startSubgraph = async (path: string) => {
      const loaded = subgraphSchema.parse(await import(join(repository, 'examples', path)));
      const { url, stop } = await loaded.start(0, viewerOf);
      keep({ stop: () => stop() });
      return { url, sdl: loaded.printForRouter() };
    };
    const subgraphs = {
      invoices: await startSubgraph('subgraph/server.mjs'),
      deliveries: await startSubgraph('router/deliveries.mjs'),
    };
    world = keep(await startRouters(folder, 'invoices', subgraphs, issuer.url));
  });

  it('compose for both routers, which refuse nothing that the subgraphs grant', async () => {
    const cosmo = await folder.composeForCosmo(world.behindProxies);
    expect(cosmo.errors).toEqual([]);
    const read = (path: string) => readFile(join(repository, 'examples', path), 'utf8');
    const schemas = [
      guardedSchema(directiveTypeDefs(), await read('subgraph/schema.graphql')),
      guardedSchema(
        directiveTypeDefs({ policy: undefined }),
        await read('router/deliveries.graphql'),
      ),
    ];
    const supergraph = await folder.readSupergraph('invoices');
    for (const [router, guards] of [
      ['Hive Gateway', guardsOfSupergraph(supergraph)],
      ['Cosmo Router', cosmo.guards],
    ] as const) {
      const { excess, ...tally } = compareGuards(guards, schemas, groups);
      tell(`invoices, ${router}: ${JSON.stringify(tally)}`);
      expect(excess).toEqual([]);
      expect(tally.refused).toBeGreaterThan(0);
    }
  });

  it('answer through a router as they do', async () => {
    const rows = await askRouters(world, invoiceOperations, [
      { name: 'anonymous' },
      { name: 'ada', token: await issuer.issue('ada', []) },
      { name: 'a driver', token: await issuer.issue('dora', ['DRIVER']) },
      { name: 'accounting', token: await issuer.issue('cleo', ['ACCOUNTING']) },
      { name: 'an expired token', token: await issuer.issue('ada', ['ACCOUNTING'], -1) },
    ]);
    tell(printRows(rows));
    tell(checkRows(rows));
  });

  it.each(Object.entries(skippedSelections))(
    'differ where a directive skips %s',
    async (name, { query, status, ...options }) => {
      const token = await issuer.issue('ada', []);
      const seen = async (url = '') => (await ask(url, query, { ...options, token })).status;
      const statuses = [await seen(world.routers[0]?.url), await seen(world.subgraphs.deliveries)];
      tell(`skips ${name}: router ${statuses[0]}, subgraph ${statuses[1]}`);
      expect(statuses).toEqual([status, 200]);
    },
  );

  it.each([
    ['text', 1],
    ['a.b', 0],
    ['a.b.c.d', 0],
  ])(
    'get the token %s without a decision of the router only if it has no dots',
    async (token, requests) => {
      const before = world.requests();
      const { status } = await ask(world.routers[0]?.url ?? '', '{ deliveries { id } }', { token });
      expect([status, world.requests() - before]).toEqual([401, requests]);
    },
  );
});

describe.each(failures)('a subgraph that fails: %s', (failure) => {
  let world: StartedRouters;

  beforeAll(async () => {
    const issuer = keep(await startTokenIssuer());
    const { subgraphs } = keep(await startFailingSubgraphs(failure));
    world = keep(await startRouters(folder, 'parts', subgraphs, issuer.url));
  }, 120_000);

  it.each([
    '{ currency parts { id } }',
    '{ currency scarce parts { id } }',
    '{ parts { id cents } }',
    '{ scarce parts { id cents } }',
    'mutation { forget setPrice order }',
  ])('is masked in the answer: %s', async (query) => {
    for (const { name, url } of world.routers) {
      const { status, text, errors } = await ask(url, query);
      const codes = errors.map(({ extensions }) => extensions.code);
      tell(`${failure}, ${name}: ${query}: ${status} ${codes}`);
      expect(hiddenTexts.filter((hidden) => text.includes(hidden))).toEqual([]);
      const messages = errors.map(({ message }) => message);
      expect(new Set(messages.filter((message) => message !== 'Refused.'))).toEqual(
        new Set(['Unexpected error.']),
      );
    }
  });

  it('is no change, and the mutation has the status of its refusal', async () => {
    const see = async (query: string) => (await ask(world.routers[0]?.url ?? '', query)).status;
    const refused = await see('mutation { setPrice order }');
    tell(`${failure}, a mutation that changed nothing: ${refused}`);
    expect(refused).toBe(failure === 'a page with 502' ? 502 : 403);
    expect(await see('mutation { forget setPrice order }')).toBe(200);
  });
});

describe('the demo, served by the built server', () => {
  const groups = ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'];
  let data: string;
  let world: StartedRouters;
  let url: string;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'gatehouse-router-data-'));
    keep({ stop: () => rm(data, { recursive: true, force: true }) });
    const program = 'node dist/main.js --project examples/rooms';
    const server = keep<Serving>(
      await folder.shell.serve(`${program} start --seed`, repository, {
        pattern: /^ {2}Gatehouse {3}(http:\S+)\/graphql/,
        environment: {
          PORT: '0',
          DATA_DIR: data,
          BCRYPT_COST: '4',
          LOG_LEVEL: 'error',
          LOGIN_ATTEMPTS_PER_ACCOUNT: '1000',
          ADMIN_PASSWORD: adminPassword,
          TOKEN_SCOPE: 'groups',
        },
      }),
    );
    url = `${server.url}/graphql`;
    const sdl = await folder.shell.run(`${program} schema --federation`, repository);
    world = keep(await startRouters(folder, 'rooms', { rooms: { sdl, url } }, server.url));
  }, 120_000);

  /** Asks the server itself, and returns the data. @throws {Error} for any other answer. */
  async function change(query: string, token?: string) {
    const answer = await ask(url, query, token === undefined ? {} : { token });
    if (answer.errors.length > 0) throw new Error(answer.text);
    return answer.data;
  }
  const logIn = async (username: string, password = userPassword): Promise<string> =>
    (
      await change(
        `mutation { login(username: "${username}", password: "${password}") { accessToken } }`,
      )
    ).login.accessToken;
  const logInAdmin = () => logIn('admin', adminPassword);

  /** A new user, and its token. */
  async function aUser(username: string, ...held: readonly string[]) {
    const input = `{ username: "${username}", password: "${userPassword}", groups: [${held}] }`;
    const admin = await logInAdmin();
    const { createUser } = await change(`mutation { createUser(input: ${input}) { id } }`, admin);
    return { id: createUser.id, username, token: await logIn(username) };
  }

  it('composes for both routers, which refuse nothing that the server grants', async () => {
    const cosmo = await folder.composeForCosmo(world.behindProxies);
    expect(cosmo.errors).toEqual([]);
    const printed = await folder.shell.run(
      'node dist/main.js --project examples/rooms schema',
      repository,
    );
    const supergraph = await folder.readSupergraph('rooms');
    for (const [router, guards] of [
      ['Hive Gateway', guardsOfSupergraph(supergraph)],
      ['Cosmo Router', cosmo.guards],
    ] as const) {
      const { excess, ...tally } = compareGuards(guards, [guardedSchema(printed)], groups);
      tell(`rooms, ${router}: ${JSON.stringify(tally)}`);
      expect(excess).toEqual([]);
      expect(tally.refused).toBeGreaterThan(0);
    }
  });

  it('answers through a router as without one', async () => {
    const admin = await logInAdmin();
    const staff = await aUser('stan', 'STAFF');
    const manager = await aUser('mona', 'MANAGER');
    const auditor = await aUser('otto', 'AUDITOR');
    const { createRoom } = await change(
      'mutation { createRoom(input: { name: "Vault", floor: 1, groups: [AUDITOR], accessCode: "1" }) { id } }',
      manager.token,
    );
    const { createApiClient } = await change(
      'mutation { createApiClient(name: "sync", groups: [AUDITOR]) { secret } }',
      admin,
    );
    const rows = await askRouters(world, roomOperations(createRoom.id, staff.id), [
      { name: 'anonymous' },
      { name: 'STAFF', token: staff.token },
      { name: 'MANAGER', token: manager.token },
      { name: 'AUDITOR', token: auditor.token },
      { name: 'ADMIN', token: admin },
      { name: 'an API client', token: createApiClient.secret },
      { name: 'a wrong token', token: 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl' },
    ]);
    tell(printRows(rows));
    tell(checkRows(rows));
    const statuses = new Set(
      rows.flatMap(({ router, outcome }) => (router.keepsAnswers ? outcome.status : [])),
    );
    expect([...statuses].sort()).toEqual([200, 400, 401, 403, 404]);
  });

  it('answers viewers who ask the same at once each for themselves', async () => {
    const [manager, admin] = [await aUser('mike', 'MANAGER'), await logInAdmin()];
    const query = '{ users { edges { node { username email } } } }';
    const before = world.requests();
    const answers = await Promise.all(
      Array.from({ length: atOnce }, (_, index) =>
        ask(world.routers[0]?.url ?? '', query, { token: index % 2 ? manager.token : admin }),
      ),
    );
    tell(`${atOnce} queries at once: ${world.requests() - before} requests at the subgraph`);
    expect(answers.map(({ status, code }) => `${status} ${code}`)).toEqual(
      answers.map((_, index) => (index % 2 ? '403 FORBIDDEN' : '200 undefined')),
    );
  });

  it('keeps a revoked group in the router until the token ends, and refuses at the server', async () => {
    const { id, username, token } = await aUser('rita', 'AUDITOR');
    const admin = await logInAdmin();
    const query = '{ auditEvents(first: 1) { edges { node { action } } } }';
    const audit: RoutedOperation = { name: 'auditEvents', query, subgraph: 'rooms' };
    const see = (name: string, held: string) => askRouters(world, [audit], [{ name, token: held }]);
    const answers = async (name: string, held: string) =>
      (await see(name, held)).map(({ router, requests, outcome, direct }) => {
        const by = requests === 0 ? 'router' : 'subgraph';
        const { status, code = 'data', reason = '' } = outcome;
        tell(
          `${name}, ${router.name}: ${by} ${status} ${code} ${reason}; itself ${direct?.status}`,
        );
        return `${by} ${router.keepsAnswers ? status : 'any'} ${direct?.status}`;
      });
    expect(await answers('AUDITOR', token)).toEqual(['subgraph 200 200', 'subgraph any 200']);
    await change(`mutation { revokeGroup(userId: "${id}", group: AUDITOR) { id } }`, admin);
    expect(await answers('revoked', token)).toEqual(['subgraph 403 403', 'subgraph any 403']);
    const without = await logIn(username);
    expect(await answers('new token', without)).toEqual(['router 403 403', 'router any 403']);
    await change(`mutation { grantGroup(userId: "${id}", group: AUDITOR) { id } }`, admin);
    expect(await answers('granted', without)).toEqual(['router 403 200', 'router any 200']);
    const again = await logIn(username);
    expect(await answers('new token', again)).toEqual(['subgraph 200 200', 'subgraph any 200']);
    await change('mutation { logout }', again);
    expect(await answers('logged out', again)).toEqual(['subgraph 401 401', 'subgraph any 401']);
  });

  it('sends events through the router until the right to them is lost', async () => {
    const manager = await aUser('mila', 'MANAGER');
    const staff = await aUser('saul', 'STAFF');
    const [router] = world.routers;
    const routerUrl = router?.url ?? '';
    const query = 'subscription { roomEntered { user { username } } }';
    const { createRoom } = await change(
      'mutation { createRoom(input: { name: "Hall", floor: 0, groups: [STAFF] }) { id } }',
      manager.token,
    );
    const enter = `mutation { enterRoom(id: "${createRoom.id}") { id } }`;

    const before = world.requests();
    const refused = await openEventStream(routerUrl, query, staff.token);
    const refusal = await refused.next();
    expect(refusal?.errors?.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
    expect(world.requests() - before).toBe(0);
    tell(`subscription, STAFF: router ${JSON.stringify(refusal?.errors?.[0]?.extensions)}`);

    const stream = await openEventStream(routerUrl, query, manager.token);
    let first: unknown;
    const arrives = stream.next().then((result) => {
      first = result;
    });
    // A subscription gets what is inserted after it was opened, and a router does not confirm that.
    await eventually(async () => {
      await change(enter, staff.token);
      expect(first).toBeDefined();
    });
    await arrives;
    expect(first).toEqual({ data: { roomEntered: { user: { username: 'saul' } } } });
    const admin = await logInAdmin();
    await change(`mutation { revokeGroup(userId: "${manager.id}", group: MANAGER) { id } }`, admin);
    const later: EventResult[] = [];
    for (let result = await stream.next(); result !== undefined; result = await stream.next()) {
      later.push(result);
    }
    expect(later.at(-1)?.errors).toHaveLength(1);
    tell(
      `subscription, MANAGER: after the revocation ${JSON.stringify(later.at(-1))}, then the end`,
    );
  });
});
