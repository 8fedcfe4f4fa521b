import { buildSchema, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous } from '../../src/authentication/viewer.ts';
import { decideAnewWhenChanged } from '../../src/changes/decide-anew.ts';
import { OutdatedDecisionError } from '../../src/changes/outdated-decision-error.ts';
import type { Rights } from '../../src/composition/context.ts';
import { createGroups } from '../../src/composition/groups.ts';

const before = anonymous('TOKEN_MISSING');
const after = anonymous('TOKEN_REVOKED');

/** Runs a mutation whose guarded resolver does this; tells with which viewers it was called. */
async function run(resolve: (attempt: number, rights: Rights) => unknown) {
  const rights: Rights = { viewer: before, isDecidedAnew: false, hasCommitted: false };
  const schema = buildSchema('type Query { a: Int } type Mutation { change(by: Int): String }');
  const viewers: unknown[] = [];
  const variables: unknown[] = [];
  const field = schema.getMutationType()?.getFields().change;
  if (field === undefined) throw new Error('The schema has no such field.');
  field.resolve = (_source, { by }, context, info) => {
    viewers.push(context.viewer);
    variables.push(info.variableValues);
    return `${resolve(viewers.length, rights)} by ${by}`;
  };
  decideAnewWhenChanged(schema);
  const result = await graphql({
    schema,
    source: 'mutation ($by: Int) { change(by: $by) }',
    variableValues: { by: 3 },
    contextValue: { viewer: before, rights, groups: createGroups(['STAFF']) },
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

describe('a mutation whose resolver catches what a change has found', () => {
  /** The first attempt notes it as `change` does, and then does something else with the error. */
  const hiding = (hide: () => unknown) =>
    run((attempt, rights) => {
      if (attempt > 1) return 'done';
      rights.outdated = new OutdatedDecisionError(after);
      return hide();
    });

  it.each([
    { does: 'gives back a value', hide: () => 'hidden' },
    { does: 'throws another error', hide: () => throwing(new Error('hidden')) },
  ])('runs again all the same when it $does', async ({ hide }) => {
    const { viewers, data } = await hiding(hide);
    expect({ viewers, data }).toEqual({ viewers: [before, after], data: 'done by 3' });
  });

  it('is a conflict when the second attempt does it too', async () => {
    const { viewers, error } = await run((_attempt, rights) => {
      rights.outdated = new OutdatedDecisionError(after);
      return 'hidden';
    });
    expect(viewers).toHaveLength(2);
    expect(error).toMatchObject({ code: 'CONFLICT', reason: 'CHANGED_MEANWHILE' });
  });

  it('is a conflict, and not run again, when it has committed something before', async () => {
    const { viewers, error } = await run((_attempt, rights) => {
      rights.hasCommitted = true;
      throw new OutdatedDecisionError(after);
    });
    expect(viewers).toHaveLength(1);
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
