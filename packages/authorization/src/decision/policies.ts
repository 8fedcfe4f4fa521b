import {
  type Clause,
  isPlaced,
  type NarrowingClause,
  rowPlacesOf,
} from '../requirements/requirement.ts';
import type { Viewer } from './viewer.ts';

/**
 * A predicate of the application for a rule that depends on data, such as ownership.
 * `source` is the parent object of the field (undefined at a root field), `args` are the field's arguments.
 */
export type Policy<TViewer extends Viewer, TContext> = (
  viewer: Extract<TViewer, { isAuthenticated: true }>,
  source: unknown,
  args: Readonly<Record<string, unknown>>,
  context: TContext,
) => boolean | Promise<boolean>;

/**
 * A policy for rows, which an `@auth(rows: ...)` names. Both functions must agree: `where` selects exactly the rows
 * that `admits` admits. Neither gets arguments: the policy means the same on every way to a row.
 */
export interface RowPolicy<TViewer extends Viewer, TContext> {
  /** The properties of a row that `admits` reads. The policy admits no one to a row where one of them is undefined. */
  readonly reads: readonly string[];
  /** Decides about one row. In an `@auth(or: ...)`, about the parent object of the field. */
  readonly admits: (
    viewer: Extract<TViewer, { isAuthenticated: true }>,
    row: Readonly<Record<string, unknown>>,
    context: TContext,
  ) => boolean | Promise<boolean>;
  /** Returns the filter for the application's data client. It must not be asynchronous. */
  readonly where: RowFilter<TViewer, TContext>;
}

/** Returns the filter of a policy, in the terms of the application's data client. */
export type RowFilter<TViewer extends Viewer, TContext> = (
  viewer: Extract<TViewer, { isAuthenticated: true }>,
  context: TContext,
) => unknown;

/** One policy for each value of the schema's policy enum. */
export type Policies<TViewer extends Viewer, TContext> = Readonly<
  Record<string, Policy<TViewer, TContext> | RowPolicy<TViewer, TContext>>
>;

/** Calls a policy by name. A policy that throws denies. */
export type AskPolicy = (policy: string) => boolean | Promise<boolean>;

/**
 * Returns the clauses that no policy admits, and no place. The policies of a clause are called in their order, until one
 * admits, and then the one that asks for the place of the parent. Returns a promise only when a policy does.
 *
 * @param isHeld whether the viewer holds a group of a clause in some place. The rows that the ids of the field name decide
 *   then, elsewhere.
 */
export function unmetClauses(
  clauses: readonly Clause[],
  ask: AskPolicy,
  isHeld: (clause: Clause) => boolean,
): readonly Clause[] | Promise<readonly Clause[]> {
  const answers = clauses.map((clause) => {
    const places = rowPlacesOf(clause);
    const isByIds = isPlaced(clause) && places.length === 0 && isHeld(clause);
    return isByIds || admits([...clause.or, ...places], ask);
  });
  const pick = (admitted: readonly boolean[]) => clauses.filter((_, index) => !admitted[index]);
  return answers.every((answer) => typeof answer === 'boolean')
    ? pick(answers)
    : Promise.all(answers).then(pick);
}

/** Whether in each clause one of the policies in `rows` admits a row. Returns a promise only when a policy does. */
export function admitsRow(
  clauses: readonly NarrowingClause[],
  ask: AskPolicy,
): boolean | Promise<boolean> {
  let index = 0;
  for (const { rows } of clauses) {
    index += 1;
    const answer = admits(rows, ask);
    if (answer === false) return false;
    if (answer !== true) {
      const others = clauses.slice(index);
      return answer.then((admitted) => admitted && admitsRow(others, ask));
    }
  }
  return true;
}

/** Whether one of these policies admits. Returns a promise only when a policy does. */
export function admits(policies: readonly string[], ask: AskPolicy): boolean | Promise<boolean> {
  let index = 0;
  for (const policy of policies) {
    index += 1;
    const answer = ask(policy);
    if (answer === true) return true;
    if (answer !== false) {
      const others = policies.slice(index);
      return answer.then((admitted) => admitted || admits(others, ask));
    }
  }
  return false;
}
