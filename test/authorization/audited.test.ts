import {
  createAdmit,
  createAuditedDirective,
  createAuthDirective,
  createAuthorization,
  createPublicDirective,
  propertyOr,
  SchemaAuthorizationError,
  UnrecordedReadsError,
} from '@graphql-gatehouse/authorization';
import {
  buildSchema,
  execute,
  GraphQLEnumType,
  GraphQLError,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  subscribe,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  askAudited,
  createAuditedWorld,
  executors,
  groups,
  nurse,
  toTexts,
  visitor,
} from './audited-world.ts';
import { anonymous, guard } from './fixtures.ts';

const patients = [
  {
    id: 'p1',
    name: 'Ada',
    ssn: '1',
    address: { street: 'A', city: 'X' },
    visits: [{ id: 7, text: 'x' }],
  },
  { id: 'p2', name: 'Bob', ssn: null, address: null, visits: [] },
  {
    id: 'p3',
    name: 'Eve',
    ssn: '3',
    address: { street: null, city: 'Y' },
    visits: [
      { id: 8, text: 'y' },
      { id: 9, text: 'z' },
    ],
  },
];

const sdl = /* GraphQL */ `
  interface Person { id: ID! birthday: String @audited }
  type Patient implements Person {
    id: ID!
    name: String!
    ssn: String @audited(reason: "health")
    birthday: String
    note: String @auth(requires: [NURSE]) @audited
    address: Address
    visits: [Visit!]!
    broken: String @audited
    brokenList: [String] @audited
    strict: String! @audited
  }
  type Doctor implements Person { id: ID! birthday: String }
  type Address { street: String @audited city: String }
  type Visit @audited { id: ID! text: String! report: String @audited failing: String }
  type Summary { total: Int @audited }
  union Found = Patient | Doctor | Summary
  type PatientEdge { node: Patient cursor: String @audited }
  type PatientConnection { edges: [PatientEdge!]! }
  type Query {
    patients: [Patient] @public
    patient(id: ID!): Patient @public
    grid: [[Patient!]!] @public
    people: [Person!]! @public
    found: [Found!]! @public
    connection: PatientConnection @public
    version: String @public @audited
    slow: [Patient] @public
  }
  type Mutation { admit(id: ID!): Patient @public strictly: Patient! @public discharge: String @public @audited }
`;

const doctor = { __typename: 'Doctor', id: 'd1' };
const typed = patients.map((patient) => ({ __typename: 'Patient', ...patient }));

const resolvers = {
  Patient: {
    broken() {
      throw new GraphQLError('broken');
    },
    brokenList: () => ['a', new GraphQLError('b')],
    strict: ({ id }: { id: string }) => (id === 'p2' ? null : 's'),
  },
  Visit: {
    failing() {
      throw new GraphQLError('failing');
    },
  },
  Query: {
    patients: () => patients,
    patient: (_source: unknown, { id }: { id: string }) => patients.find((each) => each.id === id),
    grid: () => [patients.slice(0, 1), patients.slice(1)],
    people: () => [...typed, doctor],
    found: () => [...typed, doctor, { __typename: 'Summary', total: 3 }],
    connection: () => ({ edges: patients.map((node) => ({ node, cursor: node.id })) }),
    version: () => '1',
    slow: async () => patients.map(async (patient) => patient),
  },
  Mutation: {
    admit: (_source: unknown, { id }: { id: string }) => patients.find((each) => each.id === id),
    strictly: () => patients[0],
    discharge: () => 'done',
  },
};

describe.each(executors)('the reads of an answer by $by', ({ run }) => {
  it.each([
    { query: '{ patients { id name } }', reads: [] },
    { query: '{ patients { name ssn } }', reads: ['Patient.ssn of Patient p1,p2,p3'] },
    {
      query: '{ patients { a: ssn ... on Patient { ssn } } }',
      reads: ['Patient.ssn of Patient p1,p2,p3'],
    },
    {
      query: '{ a: patient(id: "p1") { ssn } b: patient(id: "p1") { x: ssn } }',
      reads: ['Patient.ssn of Patient p1'],
    },
    { query: '{ grid { ssn } }', reads: ['Patient.ssn of Patient p1,p2,p3'] },
    { query: '{ slow { ssn } }', reads: ['Patient.ssn of Patient p1,p2,p3'] },
    {
      query: '{ people { birthday } }',
      reads: ['Patient.birthday of Patient p1,p2,p3', 'Doctor.birthday of Doctor d1'],
    },
    {
      query: '{ found { ... on Person { birthday } ... on Summary { total } } }',
      reads: [
        'Patient.birthday of Patient p1,p2,p3',
        'Doctor.birthday of Doctor d1',
        'Summary.total',
      ],
    },
    { query: '{ patients { address { city } } }', reads: [] },
    { query: '{ patients { address { street } } }', reads: ['Address.street of Patient p1,p3'] },
    { query: '{ version __typename }', reads: ['Query.version'] },
    { query: '{ connection { edges { cursor } } }', reads: ['PatientEdge.cursor'] },
    {
      query: '{ connection { edges { node { ssn } } } }',
      reads: ['Patient.ssn of Patient p1,p2,p3'],
    },
    { query: '{ patients { visits { text id } } }', reads: ['Visit of Visit 7,8,9'] },
    {
      query: '{ patients { visits { report text } } }',
      reads: ['Visit.report of Visit 7,8,9', 'Visit of Visit 7,8,9'],
    },
    { query: '{ patients { visits { __typename } } }', reads: [] },
    { query: '{ patients { ssn @skip(if: true) name } }', reads: [] },
    { query: '{ patient(id: "none") { ssn } }', reads: [] },
    { query: '{ patients { ssn broken } }', reads: ['Patient.ssn of Patient p1,p2,p3'] },
    { query: '{ patients { brokenList } }', reads: ['Patient.brokenList of Patient p1,p2,p3'] },
    {
      query: '{ patients { strict ssn } }',
      reads: ['Patient.strict of Patient p1,p3', 'Patient.ssn of Patient p1,p3'],
    },
    { query: '{ patients { visits { failing } } }', reads: [] },
    { query: '{ patients { visits { failing text } } }', reads: ['Visit of Visit 7,8,9'] },
    {
      query: 'mutation { admit(id: "p1") { ssn } discharge }',
      reads: ['Patient.ssn of Patient p1', 'Mutation.discharge'],
    },
  ])('are what it holds: $query', async ({ query, reads }) => {
    const world = createAuditedWorld(sdl, resolvers);
    const finished = await askAudited(world, { query, context: visitor, run });
    expect(world.deliveries.flatMap((each) => toTexts(each.reads)).sort()).toEqual(
      [...reads].sort(),
    );
    expect(world.deliveries.length).toBe(reads.length === 0 ? 0 : 1);
    const noStore = reads.length === 0 ? {} : { 'cache-control': 'no-store' };
    expect(finished.headers).toEqual(noStore);
  });

  it('come with the operation, the context of its viewer, and the reason', async () => {
    const world = createAuditedWorld(sdl, resolvers);
    await askAudited(world, {
      query: 'query A { patient(id: "p1") { ssn } }',
      context: nurse,
      run,
    });
    expect(world.deliveries).toEqual([
      {
        context: nurse,
        document: expect.objectContaining({ kind: 'Document' }),
        operationName: undefined,
        operation: 'query',
        reads: [{ coordinate: 'Patient.ssn', reason: 'health', type: 'Patient', ids: ['p1'] }],
      },
    ]);
  });
});

describe.each(executors)('an answer by $by whose reads cannot be recorded', ({ run }) => {
  const failing = () => {
    const world = createAuditedWorld(sdl, resolvers);
    world.failsWith(new Error('The disk is full.'));
    return world;
  };

  it('is refused with 503 and without data, if it is that of a query', async () => {
    const query = '{ patients { name ssn } }';
    const finished = await askAudited(failing(), { query, context: visitor, run });
    expect(finished).toMatchObject({
      status: 503,
      denials: [],
      result: { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    });
    expect(finished.result).not.toHaveProperty('data');
    expect(JSON.stringify(finished.result)).not.toContain('disk');
  });

  it('is sent, if it holds none', async () => {
    const query = '{ patient(id: "none") { ssn } }';
    const finished = await askAudited(failing(), { query, context: visitor, run });
    expect(finished.result).toEqual({ data: { patient: null } });
  });

  it.each([
    {
      query: 'mutation { admit(id: "p1") { name ssn } }',
      data: { admit: { name: 'Ada', ssn: null } },
      paths: [['admit', 'ssn']],
    },
    {
      query: 'mutation { a: admit(id: "p1") { name b: strict } discharge }',
      data: { a: null, discharge: null },
      paths: [['a', 'b'], ['discharge']],
    },
    { query: 'mutation { strictly { strict } }', data: null, paths: [['strictly', 'strict']] },
    {
      query: 'mutation { admit(id: "p3") { name visits { id } } }',
      data: { admit: null },
      paths: [
        ['admit', 'visits', 0],
        ['admit', 'visits', 1],
      ],
    },
    {
      query: 'mutation { admit(id: "p1") { address { ... on Address { street } city } broken } }',
      data: { admit: { address: { street: null, city: 'X' }, broken: null } },
      paths: [
        ['admit', 'broken'],
        ['admit', 'address', 'street'],
      ],
    },
  ])('has nulls, if it is that of a mutation: $query', async ({ query, data, paths }) => {
    const finished = await askAudited(failing(), { query, context: visitor, run });
    expect([finished.status, finished.result.data]).toEqual([undefined, data]);
    expect(finished.result.errors?.map(({ path }) => path)).toEqual(paths);
    const codes = finished.result.errors?.map(({ extensions }) => extensions.code);
    expect(codes).toContain('SERVICE_UNAVAILABLE');
  });

  it('has nulls in all places and at most 20 errors, if it is that of a mutation', async () => {
    const rows = Array.from({ length: 50 }, (_, id) => ({ id, a: 'a', b: 'b' }));
    const world = createAuditedWorld(
      `type Row { id: ID! a: String @audited b: String @audited }
      type Query { rows: [Row] @public } type Mutation { change: [Row] @public }`,
      { Mutation: { change: () => rows } },
    );
    world.failsWith(new Error('The disk is full.'));
    const query = 'mutation { change { a b } }';
    const { result } = await askAudited(world, { query, context: visitor, run });
    expect(result.data).toEqual({ change: rows.map(() => ({ a: null, b: null })) });
    expect(result.errors).toHaveLength(20);
  });

  it('is refused when an object has no id that can be recorded', async () => {
    const world = createAuditedWorld(sdl, { Query: { patients: () => [{ ssn: '1' }] } });
    const finished = await askAudited(world, {
      query: '{ patients { ssn } }',
      context: visitor,
      run,
    });
    expect([finished.status, finished.result.data]).toEqual([503, undefined]);
  });
});

describe.each(executors)('an operation by $by', ({ run }) => {
  it('has no reads of fields that are denied, also when it runs in spite of them', async () => {
    const world = createAuditedWorld(sdl, resolvers);
    const query = '{ patients { name note birthday } }';
    const refused = await askAudited(world, { query, context: visitor, run });
    expect([refused.status, world.deliveries]).toEqual([undefined, []]);
    const prefer = 'handling=lenient';
    const lenient = await askAudited(world, { query, context: visitor, run, prefer });
    expect(lenient.headers).toEqual({
      'preference-applied': prefer,
      'cache-control': 'no-store',
    });
    const texts = world.deliveries.flatMap(({ reads }) => toTexts(reads));
    expect(texts).toEqual(['Patient.birthday of Patient p1,p2,p3']);
  });

  it('is not recorded when it is only decided', async () => {
    const world = createAuditedWorld(sdl, resolvers);
    const request = { query: '{ version }', context: visitor, run, prefer: 'decide-only' };
    const decided = await askAudited(world, request);
    expect([decided.status, world.deliveries]).toEqual([200, []]);
  });

  it('gets no audited value without an admission', async () => {
    const { authorization } = createAuditedWorld(sdl, resolvers);
    const document = parse('{ version patients { name ssn } }');
    const { data, errors } = await run(authorization, { document, contextValue: visitor });
    expect(data).toEqual({
      version: null,
      patients: patients.map(({ name }) => ({ name, ssn: null })),
    });
    expect(errors?.[0]?.originalError?.message).toContain('its operation was not authorized');
  });
});

type Finished = Awaited<ReturnType<typeof askAudited>>;

describe('what is done while reads are recorded', () => {
  const query = '{ patients { name ssn } }';

  /** Finishes an answer whose record resolves when the test ends it. */
  async function finishSlowly(meanwhile: (finished: Finished) => void) {
    let end = (_error?: Error): void => undefined;
    const { authorization } = createAuditedWorld(sdl, resolvers, {
      onDelivered: () =>
        new Promise((resolve, reject) => {
          end = (error) => (error === undefined ? resolve() : reject(error));
        }),
    });
    const request = { document: parse(query), contextValue: { ...visitor } };
    const admission = await createAdmit(authorization)(request);
    if (admission.kind !== 'admitted') throw new Error(admission.kind);
    const result = await execute({ schema: authorization.schema, ...request });
    const finished = Promise.resolve(admission.finish(result, meanwhile));
    return { finished, end: (error?: Error) => end(error) };
  }

  it('gets the answer that is delivered when they are', async () => {
    const prepared: Finished[] = [];
    const { end, finished } = await finishSlowly((each) => prepared.push(each));
    expect(prepared).toHaveLength(1);
    expect(prepared[0]?.result.data).toHaveProperty('patients');
    end();
    expect(await finished).toBe(prepared[0]);
  });

  it('does not deliver its answer when they cannot be recorded', async () => {
    const { end, finished } = await finishSlowly(() => undefined);
    end(new Error('The disk is full.'));
    const { result, status } = await finished;
    expect([status, result.data]).toEqual([503, undefined]);
  });

  it('lets nothing be delivered when it fails', async () => {
    const { end, finished } = await finishSlowly(() => {
      throw new Error('no text');
    });
    end();
    const { result, status } = await finished;
    expect([status, result.data]).toEqual([503, undefined]);
  });

  it('is not called for an answer without audited values', async () => {
    const { authorization } = createAuditedWorld(sdl, resolvers);
    const request = { document: parse('{ patients { name } }'), contextValue: { ...visitor } };
    const admission = await createAdmit(authorization)(request);
    const result = await execute({ schema: authorization.schema, ...request });
    const finished =
      admission.kind === 'admitted' && admission.finish(result, () => expect.unreachable());
    expect(finished).toMatchObject({ result: { data: { patients: expect.anything() } } });
  });
});

describe('an answer that was not executed on the guarded schema', () => {
  it('is refused if it holds audited fields, as one from a cache', async () => {
    const { authorization, deliveries } = createAuditedWorld(sdl, resolvers);
    const document = parse('query ($x: Boolean!) { __typename patients @include(if: $x) { ssn } }');
    const admit = createAdmit(authorization);
    const finish = async (data: Record<string, unknown>) => {
      const admission = await admit({ document, contextValue: { ...visitor } });
      if (admission.kind === 'answered') throw new Error('It was answered.');
      return admission.finish({ data });
    };
    expect(await finish({ __typename: 'Query' })).toMatchObject({ headers: {} });
    expect(await finish({ patients: [] })).toMatchObject({ status: 503 });
    expect(deliveries).toEqual([]);
  });
});

describe('the events of a subscription', () => {
  const subscription = /* GraphQL */ `
    type Patient { id: ID! ssn: String @audited }
    type Query { patient: Patient @public }
    type Subscription { admitted: Patient! @public }
  `;
  const ofEvents = {
    Subscription: {
      admitted: {
        async *subscribe() {
          for (const id of ['1', '2']) yield { admitted: { id, ssn: id } };
        },
      },
    },
  };
  const document = parse('subscription { admitted { ssn } }');

  const open = async (world: ReturnType<typeof createAuditedWorld>) => {
    const { authorization } = world;
    const contextValue = { ...visitor };
    const admission = await createAdmit(authorization)({ document, contextValue });
    if (admission.kind === 'answered') throw new Error('It was answered.');
    return { admission, args: { schema: authorization.schema, document, contextValue } };
  };

  it.each(['contexts of their own', 'the context of the subscription'])(
    'are recorded one by one, with %s',
    async (contexts) => {
      const world = createAuditedWorld(subscription, ofEvents);
      const { admission, args } = await open(world);
      const events = await (contexts === 'contexts of their own'
        ? world.authorization.subscribe({ ...args, eventContext: () => nurse })
        : subscribe(args));
      if (!(Symbol.asyncIterator in events)) throw new Error('It was refused.');
      for await (const event of events) await admission.finish(event);
      expect(world.deliveries.map(({ reads }) => toTexts(reads))).toEqual([
        ['Patient.ssn of Patient 1'],
        ['Patient.ssn of Patient 2'],
      ]);
      const expected = contexts === 'contexts of their own' ? nurse : visitor;
      expect(world.deliveries.map(({ context }) => context)).toEqual([expected, expected]);
    },
  );

  it('are recorded apart when they are answered at the same time', async () => {
    const world = createAuditedWorld(subscription, ofEvents);
    const { admission, args } = await open(world);
    const ids = ['1', '2', '3'];
    const events = ids.map((id) =>
      world.authorization.executeEvent({ ...args, rootValue: { admitted: { id, ssn: id } } }),
    );
    for (const event of (await Promise.all(events)).reverse()) {
      if (event !== undefined) await admission.finish(event);
    }
    const recorded = world.deliveries.map(({ reads }) => reads[0]?.ids);
    expect(recorded).toEqual([['3'], ['2'], ['1']]);
  });

  it('are not sent when they cannot be recorded', async () => {
    const world = createAuditedWorld(subscription, ofEvents);
    world.failsWith(new Error('The disk is full.'));
    const { admission, args } = await open(world);
    const rootValue = { admitted: { id: '1', ssn: '1' } };
    const event = await world.authorization.executeEvent({ ...args, rootValue });
    const finished = (async () => event && admission.finish(event))();
    await expect(finished).rejects.toThrow(UnrecordedReadsError);
    await expect(finished).rejects.toMatchObject({ extensions: { code: 'EVENTS_LOST' } });
  });

  it('are not executed without an admission', async () => {
    const { authorization } = createAuditedWorld(subscription, ofEvents);
    const { schema } = authorization;
    const rootValue = { admitted: { id: '1', ssn: '1' } };
    const event = await authorization.executeEvent({
      schema,
      document,
      contextValue: visitor,
      rootValue,
    });
    expect(event?.data).toEqual({ admitted: { ssn: null } });
  });
});

const [byGraphqlJs = expect.fail('No executors.')] = executors;

describe('the id of an audited object', () => {
  const typeDefs = (type: string) =>
    `${type} type Query { rows: [Row] @public rowsById: Int @public }`;

  it.each([
    { of: 'a number', row: { id: 5 }, ids: ['5'] },
    { of: 'a big number', row: { id: 12345678901234567890n }, ids: ['12345678901234567890'] },
    { of: 'an object', row: { id: {} }, ids: undefined },
    { of: 'a promise', row: { id: Promise.resolve('5') }, ids: undefined },
    { of: 'nothing', row: {}, ids: undefined },
  ])('is recorded as a text, or nothing is sent: $of', async ({ row, ids }) => {
    const world = createAuditedWorld(typeDefs('type Row { id: ID! secret: String @audited }'), {
      Query: { rows: () => [row] },
    });
    const { run } = byGraphqlJs;
    const { status } = await askAudited(world, {
      query: '{ rows { secret } }',
      context: visitor,
      run,
    });
    expect(status).toBe(ids === undefined ? 503 : undefined);
    expect(world.deliveries[0]?.reads[0]?.ids).toEqual(ids);
  });

  it('is that of `idOf` in `types`, or of the property that the field `id` reads', async () => {
    const sdl = typeDefs('type Row { id: ID! secret: String @audited }');
    const query = '{ rows { id secret } }';
    const { run } = byGraphqlJs;
    const rows = [{ key: 'k1', code: 'c1' }];
    const id = { resolve: propertyOr('code', () => 'other') };
    const world = createAuditedWorld(sdl, { Query: { rows: () => rows }, Row: { id } });
    await askAudited(world, { query, context: visitor, run });
    expect(world.deliveries[0]?.reads[0]?.ids).toEqual(['c1']);
    const keyed = createAuditedWorld(
      sdl,
      { Query: { rows: () => rows }, Row: { id } },
      { types: { Row: { byIds: () => [], idOf: ({ key }) => key } } },
    );
    await askAudited(keyed, { query, context: visitor, run });
    expect(keyed.deliveries[0]?.reads[0]?.ids).toEqual(['k1']);
  });
});

describe('@audited', () => {
  it('is rejected at startup without `onDelivered`', () => {
    const start = () =>
      guard(
        `${groups} type Query { a: Int @public @audited b: Row @public } type Row @audited { id: ID! }`,
      );
    expect(start).toThrow(SchemaAuthorizationError);
    expect(start).toThrow(
      '  Query.a: @audited requires the option `onDelivered`, which records the reads\n  Row: @audited',
    );
  });

  it.each([
    { sdl: 'type Query { a: Int @public @audited(reason: 5) }', problem: 'Query.a: ' },
    {
      sdl: 'type Query { a: Int @public @audited(why: "x") }',
      problem: 'Query.a: @audited has no argument "why"',
    },
    {
      sdl: 'type Query @audited { a: Int @public }',
      problem: 'Query: @audited is not allowed on a root type',
    },
    {
      sdl: 'interface I @audited { a: Int } type T implements I { a: Int } type Query { t: T @public }',
      problem: 'I: @audited is allowed only on object types and fields',
    },
    {
      sdl: 'type Query { a(b: Int @audited): Int @public }',
      problem: 'Query.a(b:): @audited is allowed only',
    },
    {
      sdl: 'type Query { a: Int @public } type T { b: Int @audited }',
      problem: 'T.b: it is not reachable',
    },
  ])('is refused where it is wrong: $problem', ({ sdl, problem }) => {
    const schema = buildSchema(`${groups} ${sdl}`, { assumeValidSDL: true });
    const start = () =>
      createAuthorization(schema, { policies: {}, viewerOf: () => anonymous, onDelivered() {} });
    expect(start).toThrow(problem);
  });

  it.each([{ audited: { reason: 'health' } }, { audited: [{ reason: 'health' }] }])(
    'is read from the extensions of a code-first schema: %j',
    (directives) => {
      const Group = new GraphQLEnumType({ name: 'Group', values: { NURSE: {} } });
      const version = {
        type: GraphQLString,
        extensions: { directives: { ...directives, public: {} } },
      };
      const schema = new GraphQLSchema({
        query: new GraphQLObjectType({ name: 'Query', fields: { version } }),
        directives: [
          createAuthDirective({ group: Group }),
          createPublicDirective(),
          createAuditedDirective(),
        ],
      });
      const start = (onDelivered?: () => void) =>
        createAuthorization(schema, {
          policies: {},
          viewerOf: () => anonymous,
          ...(onDelivered && { onDelivered }),
        });
      expect(start).toThrow(SchemaAuthorizationError);
      expect(start(() => {}).requirements.audited.coordinates).toEqual([
        { coordinate: 'Query.version', reason: 'health' },
      ]);
    },
  );

  it('is listed by the coordinates of object types, also where an interface has it', () => {
    const { authorization } = createAuditedWorld(sdl, resolvers);
    const listed = authorization.requirements.audited.coordinates;
    expect(listed.map(({ coordinate }) => coordinate)).toEqual([
      'Patient.ssn',
      'Patient.birthday',
      'Patient.note',
      'Patient.broken',
      'Patient.brokenList',
      'Patient.strict',
      'Doctor.birthday',
      'Address.street',
      'Visit',
      'Visit.report',
      'Summary.total',
      'PatientEdge.cursor',
      'Query.version',
      'Mutation.discharge',
    ]);
  });
});
