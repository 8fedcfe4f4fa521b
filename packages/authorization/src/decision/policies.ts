import type { Clause } from '../requirements/requirement.ts';
import type { Viewer } from './viewer.ts';

/**
 * A named predicate of the application, for what groups cannot say: 'this is my own record'.
 * `source` is the parent object of the field (undefined at a root field), `args` its arguments.
 */
export type Policy<TViewer extends Viewer, TContext> = (
  viewer: Extract<TViewer, { isAuthenticated: true }>,
  source: unknown,
  args: Readonly<Record<string, unknown>>,
  context: TContext,
) => boolean | Promise<boolean>;

/** One predicate for each value of the schema's policy enum. */
export type Policies<TViewer extends Viewer, TContext> = Readonly<
  Record<string, Policy<TViewer, TContext>>
>;

/** Asks one policy by name. A policy that throws admits no one. */
export type AskPolicy = (policy: string) => boolean | Promise<boolean>;

/**
 * The clauses that no policy admits. Policies are asked in the order in which they are written, and
 * no more of them than needed. Synchronous for as long as the policies are.
 */
export function unmetClauses(
  clauses: readonly Clause[],
  ask: AskPolicy,
): readonly Clause[] | Promise<readonly Clause[]> {
  const answers = clauses.map((clause) => admits(clause.or, ask));
  const pick = (admitted: readonly boolean[]) => clauses.filter((_, index) => !admitted[index]);
  return answers.every((answer) => typeof answer === 'boolean')
    ? pick(answers)
    : Promise.all(answers).then(pick);
}

function admits(policies: readonly string[], ask: AskPolicy): boolean | Promise<boolean> {
  for (const [index, policy] of policies.entries()) {
    const answer = ask(policy);
    if (answer === true) return true;
    if (answer !== false) {
      return answer.then((admitted) => admitted || admits(policies.slice(index + 1), ask));
    }
  }
  return false;
}
