import assert from 'node:assert/strict';
import { createGatehouse, guards } from './contenders/gatehouse.mjs';
import { createRandom, measureCase, summarize } from './measure.mjs';
import { createContext, createDocument, createSchema, itemCount } from './scenario.mjs';

/** The documents to decide. */
const cases = [
  { document: 'list', title: `${itemCount.toLocaleString('en')} items with 3 guarded fields each` },
  { document: 'object', title: 'One small object with 3 guarded fields' },
];

/**
 * Measures `Prefer: decide-only` by the library: the time of a decision beside that of the same operation when it is
 * executed, and when it is refused.
 */
export async function measureDecisions(library, { pace, seed }) {
  const measured = [];
  for (const { document, title } of cases) {
    const contenders = createDecisions(library, document);
    for (const { name, run, documents, expected } of contenders) {
      assert.deepEqual(outcomeOf(await run(documents[document])), expected, name);
    }
    const random = createRandom(seed);
    const work = { document, viewer: 'permitted' };
    const samples = await measureCase(contenders, work, { ...pace, random });
    const name = `decide ${document}`;
    measured.push({ name, title: `Decided only: ${title}`, ...summarize([samples]) });
  }
  return measured;
}

/** The ways of one operation. The first is the baseline, and the second shows the noise of the measurement. */
function createDecisions(library, name) {
  const { schema, run } = createGatehouse(library)();
  const { decideOperation } = library.createAuthorization(createSchema(guards), {
    policies: {},
    viewerOf: ({ viewer }) => viewer,
  });
  const documents = { [name]: createDocument(schema, name) };
  const execute = (kind) => (document) => run(document, createContext(kind));
  const decide = (kind) => (document) =>
    decideOperation({ document, contextValue: createContext(kind) });
  const ways = [
    { name: 'executed', run: execute('permitted'), expected: 'data' },
    { name: 'executed, again', run: execute('permitted'), expected: 'data' },
    { name: 'refused', run: execute('refused'), expected: 'errors' },
    { name: 'decided: allowed', run: decide('permitted'), expected: true },
    { name: 'decided: denied', run: decide('refused'), expected: false },
  ];
  return ways.map((way) => ({ ...way, guards: true, schema, documents }));
}

/** What came of an operation: data, errors, or whether it would be allowed. */
function outcomeOf(answer) {
  if (answer.kind === 'decided') return answer.decision.allowed;
  return answer.errors === undefined ? 'data' : 'errors';
}
