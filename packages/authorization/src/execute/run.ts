import type { GraphQLError, GraphQLResolveInfo } from 'graphql';
import type { ReadNotes } from '../enforcement/reads/read-notes.ts';
import type { AnswerSize } from '../enforcement/sizes/answer-size.ts';
import type { ExecutionVariables } from '../graphql-js/variables.ts';

export type Path = GraphQLResolveInfo['path'];

/** One execution of a compiled operation. */
export interface Run {
  readonly contextValue: unknown;
  readonly rootValue: unknown;
  readonly variableValues: ExecutionVariables;
  /** In the order in which they occurred. */
  readonly errors: GraphQLError[];
  /** What was delivered so far. */
  readonly size: AnswerSize;
  /** The places that are null because of an error. `undefined` is the root. */
  readonly nulled: Set<Path | undefined>;
  /** An admission of the viewer is remembered while this number stays the same: see {@link forgetAdmissions}. */
  admissionKey: number;
  /**
   * Whether something that was completed since the last value arrived is a promise. Without it, every object of an answer
   * would be examined in several places.
   */
  isPending: boolean;
  /** The notes of audited reads, once one is noted. Null: the operation is not followed. */
  notes: ReadNotes<unknown> | null | undefined;
}

/** Lists an error, unless a null has replaced its place: a promise of it may settle later. */
export function listError(
  error: GraphQLError,
  path: Path | undefined,
  { errors, nulled }: Run,
): void {
  for (let each = path; each !== undefined; each = each.prev) if (nulled.has(each)) return;
  if (nulled.has(undefined)) return;
  nulled.add(path);
  errors.push(error);
}
