import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { quantile } from './measure.mjs';

const prelude = /* GraphQL */ `
  directive @auth(requires: [Group!]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION
    | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | INPUT_OBJECT
  directive @public on FIELD_DEFINITION
  enum Group { ADMIN STAFF CUSTOMER }
`;

const viewer = { isAuthenticated: true, groups: new Set(['STAFF']) };
const otherViewer = { isAuthenticated: true, groups: new Set(['STAFF', 'ADMIN']) };

/** Prices of single steps of Gatehouse, in microseconds, each beside what it may cost. */
export function measureMicro({ createAuthorization }, { samples }) {
  const options = { policies: {}, viewerOf: (context) => context.viewer };
  return [...operationFigures(createAuthorization, options, samples), ...schemaFigures()];

  function schemaFigures() {
    const count = Math.max(3, samples / 200);
    const [first, ...times] = Array.from({ length: count }, () => {
      const schema = largeSchema(1000);
      globalThis.gc?.();
      return threadElapsed(() => createAuthorization(schema, options));
    });
    return [
      figure('Compile and guard a schema of 1,000 types, the first', [first], 100_000),
      figure('Compile and guard a schema of 1,000 types, warm', times, 100_000),
      ...visibleFigures(),
    ];
  }

  /** Every set of groups is new once; each measurement has an authorization of its own. */
  function visibleFigures() {
    const count = Math.max(3, samples / 200);
    const known = [];
    const further = [];
    const made = Array.from({ length: count }, () => {
      const { visibleTo } = createAuthorization(largeSchema(1000), options);
      globalThis.gc?.();
      const time = threadElapsed(() => visibleTo(viewer));
      const batch = 1000;
      const again = elapsed(() => {
        for (let done = 0; done < batch; done += 1) visibleTo(viewer);
      });
      known.push(again / batch);
      further.push(threadElapsed(() => visibleTo(otherViewer)));
      return time;
    });
    return [
      figure('Visible schema of 1,000 types for the first groups, warm', made.slice(1), 50_000),
      figure('Visible schema of 1,000 types for further groups, warm', further.slice(1), 50_000),
      figure('Visible schema for known groups', known, 10),
    ];
  }
}

/** `document` is met for the first time, then again: its plan is kept, the decision is not. */
function operationFigures(createAuthorization, options, samples) {
  const plain = operationSchema();
  const text = operationOf200Fields();
  assert.deepEqual(validate(plain, parse(text)), []);
  const { authorizeOperation } = createAuthorization(plain, options);
  const variableValues = { search: 'a', withStock: true };
  const request = (document) => ({ document, variableValues, contextValue: { viewer } });

  const planning = Array.from({ length: samples }, () => {
    const document = parse(text, { noLocation: true });
    return elapsed(() => authorizeOperation(request(document)));
  });
  const document = parse(text);
  const batch = 100;
  const again = Array.from({ length: samples }, () =>
    elapsed(() => {
      for (let done = 0; done < batch; done += 1) authorizeOperation(request(document));
    }),
  );
  return [
    figure('Plan and authorize a document of 200 fields, the first of all', [planning[0]]),
    figure(
      'Plan and authorize a document of 200 fields, new each time',
      planning.slice(samples / 5),
      100,
    ),
    figure(
      'Authorize a document of 200 fields again',
      again.slice(samples / 5).map((time) => time / batch),
      2,
    ),
  ];
}

/** The time of the processor, in microseconds. A finer unit is not available. */
function elapsed(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/**
 * The same for long work, on this thread alone: others collect and compile beside it. Precise to a few
 * milliseconds.
 */
function threadElapsed(work) {
  const start = threadMicroseconds();
  work();
  return threadMicroseconds() - start;
}

/** Linux measures it for a thread. On other systems it is that of the whole process. */
const schedule = `/proc/self/task/${process.pid}/schedstat`;
const threadMicroseconds = existsSync(schedule)
  ? () => Number(readFileSync(schedule, 'utf8').split(' ')[0]) / 1000
  : () => process.cpuUsage().user + process.cpuUsage().system;

const figure = (name, times, target) => ({
  name,
  microseconds: quantile(times, 0.5),
  lowerQuartile: quantile(times, 0.25),
  upperQuartile: quantile(times, 0.75),
  ...(target === undefined ? {} : { target }),
});

function operationSchema() {
  const guards = ['', '@auth', '@auth(requires: [STAFF])', '@auth(requires: [ADMIN, STAFF])'];
  const fields = Array.from({ length: 17 }, (_, at) => `f${at}: Int ${guards[at % 4]}`);
  return buildSchema(/* GraphQL */ `
    ${prelude}
    type Query {
      items(search: String, archived: Boolean @auth(requires: [ADMIN])): [Item!]! @auth
    }
    interface Named { name: String! }
    type Item implements Named {
      name: String!
      maker: Maker!
      ${fields.join('\n')}
    }
    type Maker implements Named @auth(requires: [STAFF]) { name: String! }
  `);
}

/** 10 root fields, each with 19 below it: inline, by a fragment, nested, conditional, by variable. */
function operationOf200Fields() {
  const lists = Array.from(
    { length: 10 },
    (_, at) => `list${at}: items(search: $search) {
      ...Numbers
      ... on Named { name }
      maker { name }
      f16 @include(if: $withStock)
    }`,
  );
  const numbers = Array.from({ length: 15 }, (_, at) => `f${at}`);
  return /* GraphQL */ `
    query Lists($search: String, $withStock: Boolean! = false) { ${lists.join('\n')} }
    fragment Numbers on Item { ${numbers.join(' ')} }
  `;
}

/** A third of the types are guarded; there are interfaces, input objects and arguments. */
function largeSchema(count) {
  const types = Array.from({ length: count }, (_, at) => {
    const next = `T${(at + 2) % count}`;
    if (at % 10 === 9) return `input I${at} { a: Int, b: String @auth(requires: [ADMIN]) }`;
    const guard = at % 3 === 0 ? '@auth(requires: [STAFF])' : '';
    const link = at % 10 === 7 ? 'T0' : next;
    return `type T${at} implements Named ${guard} {
      name: String!
      a: Int @auth(requires: [ADMIN, STAFF])
      b(first: Int): [String!]
      c${at % 10 === 8 ? `(by: I${at + 1})` : ''}: ${link}
      d: Float @auth
    }`;
  });
  const objects = types.flatMap((_, at) => (at % 10 === 9 ? [] : [at]));
  return buildSchema(/* GraphQL */ `
    ${prelude}
    interface Named { name: String! }
    type Query { ${objects.map((at) => `t${at}: T${at} @auth`).join('\n')} }
    ${types.join('\n')}
  `);
}
