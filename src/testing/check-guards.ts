import type { Authorization } from '@graphql-gatehouse/authorization';
import type { Requirement } from '@graphql-gatehouse/authorization/decision';
import type { Context } from '../context/context.ts';
import { type Attack, attackedKey, attacksOf } from './attacks.ts';
import type { RunResult, TestViewer } from './run.ts';

export interface Attackers {
  readonly anonymous: TestViewer;
  /** A viewer who has logged in and is in no group. */
  readonly withoutGroups: TestViewer;
}

/**
 * Asks for each guarded field of a schema without the right to.
 *
 * - Anonymous: 401.
 * - In no group: 403 that names the field, where groups alone admit. Where a policy may admit too, its answer counts,
 *   and only an error of the server is a problem. A field that admits every viewer is left out.
 * - A field that only an inline fragment reaches is decided while the operation runs, if there is such an object: the
 *   answer is wrong if it has the field's value, and no error that names the field.
 *
 * @returns one line for each wrong answer.
 */
export async function checkGuards(
  { source, requirements }: Pick<Authorization<Context>, 'source' | 'requirements'>,
  { anonymous, withoutGroups }: Attackers,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const attack of attacksOf(source, (coordinate) => requirements.at(coordinate).length > 0)) {
    const { coordinate, operation, variables } = attack;
    const unknown = await anonymous.run(operation, variables);
    problems.push(...wrongAnswer(attack, unknown, { viewer: 'anonymous', status: 401 }));
    const requirement = requirements.at(coordinate);
    if (!requirement.some(({ requires }) => requires.length > 0)) continue;
    const known = await withoutGroups.run(operation, variables);
    const expected = { viewer: 'a viewer in no group', status: 403 };
    if (isByGroupsAlone(requirement)) problems.push(...wrongAnswer(attack, known, expected));
    else if (known.status >= 500) {
      problems.push(`${coordinate}: ${expected.viewer} gets ${known.status}`);
    }
  }
  return problems;
}

/** Whether a clause refuses a viewer without groups, whatever policies return. */
const isByGroupsAlone = (requirement: Requirement): boolean =>
  requirement.some(
    ({ requires, or, rows }) => requires.length > 0 && or.length === 0 && rows === undefined,
  );

function wrongAnswer(
  { coordinate, isCertain }: Attack,
  { status, errors, data }: RunResult<unknown>,
  expected: { readonly viewer: string; readonly status: number },
): readonly string[] {
  const named = errors.some(({ extensions }) => extensions?.coordinate === coordinate);
  if (!isCertain) {
    if (status >= 500) return [`${coordinate}: ${expected.viewer} gets ${status}`];
    return named || !hasKey(data, attackedKey)
      ? []
      : [`${coordinate}: ${expected.viewer} gets its value`];
  }
  if (status === expected.status && named) return [];
  const got = status === expected.status ? `${status} that does not name it` : String(status);
  return [`${coordinate}: ${expected.viewer} gets ${got}, not ${expected.status}`];
}

/** Whether an object has this key, at any depth. */
const hasKey = (value: unknown, key: string): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, key) || Object.values(value).some((each) => hasKey(each, key)));
