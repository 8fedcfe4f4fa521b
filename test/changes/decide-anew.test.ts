import { buildSchema, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous } from '../../src/authentication/viewer.ts';
import { decideAnewWhenChanged } from '../../src/changes/decide-anew.ts';
import { OutdatedDecisionError } from '../../src/changes/outdated-decision-error.ts';

const before = anonymous('TOKEN_MISSING');
const after = anonymous('TOKEN_REVOKED');

/** Runs a mutation whose guarded resolver does this; tells with which viewers it was called. */
async function run(resolve: (attempt: number) => unknown) {
  const schema = buildSchema('type Query { a: Int } type Mutation { change(by: Int): String }');
  const viewers: unknown[] = [];
  const variables: unknown[] = [];
  const field = schema.getMutationType()?.getFields().change;
  if (field === undefined) throw new Error('The schema has no such field.');
  field.resolve = (_source, { by }, context, info) => {
    viewers.push(context.viewer);
    variables.push(info.variableValues);
    return `${resolve(viewers.length)} by ${by}`;
  };
  decideAnewWhenChanged(schema);
  const result = await graphql({
    schema,
    source: 'mutation ($by: Int) { change(by: $by) }',
    variableValues: { by: 3 },
    contextValue: { viewer: before, rights: { viewer: before, isDecidedAnew: false } },
  });
  const [error] = result.errors ?? [];
  return { viewers, variables, data: result.data?.change, error: error?.originalError };
}

function throwing(error: Error): never {
  throw error;
}

describe('a mutation that finds that the viewer has changed', () => {
  it('runs again, guards and all, with the viewer as it is now', async () => {
    const { viewers, data } = await run((attempt) =>
      attempt === 1 ? throwing(new OutdatedDecisionError(after)) : 'done',
    );
    expect(viewers).toEqual([before, after]);
    expect(data).toBe('done by 3');
  });

  it('runs as another execution, so that policies are asked anew', async () => {
    const { variables } = await run((attempt) =>
      attempt === 1 ? throwing(new OutdatedDecisionError(after)) : 'done',
    );
    expect(variables).toEqual([{ by: 3 }, { by: 3 }]);
    expect(variables[1]).not.toBe(variables[0]);
  });

  it('is refused with what the guards say then', async () => {
    const refusal = new Error('refused');
    const { viewers, error } = await run((attempt) =>
      throwing(attempt === 1 ? new OutdatedDecisionError(after) : refusal),
    );
    expect({ viewers, error }).toEqual({ viewers: [before, after], error: refusal });
  });

  it('is a conflict when the viewer changes once more', async () => {
    const { viewers, error } = await run(() => throwing(new OutdatedDecisionError(after)));
    expect(viewers).toHaveLength(2);
    expect(error).toMatchObject({ code: 'CONFLICT', reason: 'CHANGED_MEANWHILE' });
  });
});

describe('every other mutation', () => {
  it('runs once', async () => {
    const { viewers, data } = await run(() => 'done');
    expect({ viewers, data }).toEqual({ viewers: [before], data: 'done by 3' });
  });

  it('fails with its own error', async () => {
    const failure = new Error('failed');
    const { viewers, error } = await run(() => throwing(failure));
    expect({ viewers, error }).toEqual({ viewers: [before], error: failure });
  });
});
