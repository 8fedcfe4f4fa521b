import assert from 'node:assert/strict';
import { readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { GraphQLSchema } from 'graphql';
import { createContext, guardedFields, itemCount } from './scenario.mjs';

/**
 * Everyone must run on one copy of graphql: two would be warmed up apart and measured apart. bench/
 * installs none, so that all of its packages find the product's.
 */
export function verifyOneGraphql(contenders, libraryUrl) {
  const ours = createRequire(import.meta.url).resolve('graphql');
  const modules = new URL('../node_modules/', import.meta.url);
  for (const path of [...packagesIn(modules), libraryUrl]) {
    const theirs = realpathSync(createRequire(path).resolve('graphql'));
    assert.equal(theirs, ours, `${path} would load another copy of graphql`);
  }
  for (const { name, schema } of contenders) {
    assert.ok(schema instanceof GraphQLSchema, `${name} has built its schema with another graphql`);
  }
}

function packagesIn(modules) {
  return readdirSync(modules, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name === 'package.json')
    .map((entry) => `${entry.parentPath}/package.json`);
}

/** No figure of anyone who does not do the work: same data when permitted, nothing when refused. */
export async function verifyAnswers(contenders) {
  const [baseline] = contenders;
  for (const contender of contenders) {
    for (const name of Object.keys(contender.documents)) {
      const expected = await answerOf(baseline, name, 'permitted');
      const permitted = await answerOf(contender, name, 'permitted');
      assert.equal(permitted.errors, undefined, `${contender.name} refuses the permitted ${name}`);
      assert.deepEqual(plain(permitted.data), plain(expected.data), contender.name);
      if (contender.guards) verifyRefusal(contender, await answerOf(contender, name, 'refused'));
    }
  }
}

function verifyRefusal({ name }, answer) {
  assert.ok(answer.errors?.length > 0, `${name} refuses nothing`);
  const text = JSON.stringify(answer);
  assert.ok(!/guarded-|\d\.75|50000\d\d/.test(text), `${name} lets a guarded value out`);
  const shown = [answer.data?.items ?? [], answer.data?.item ?? []].flat();
  assert.ok(
    shown.every((item) => guardedFields.every((field) => item[field] === null)),
    `${name} lets a guarded field out`,
  );
}

/** How many errors a refused list becomes: a fact worth showing beside its time. */
export async function countErrors(contender) {
  const { errors = [] } = await answerOf(contender, 'list', 'refused');
  assert.ok(errors.length <= 3 * itemCount);
  return errors.length;
}

const answerOf = ({ run, documents }, document, viewer) =>
  run(documents[document], createContext(viewer));

/** Data of graphql-js has no prototype, that of others may have one. */
const plain = (data) => JSON.parse(JSON.stringify(data));
