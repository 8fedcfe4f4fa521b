import { compileGroupAdmission, narrowingClauses } from '../../decision/decision.ts';
import type { Viewer } from '../../decision/viewer.ts';
import { implies, type NarrowingClause, withoutProof } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import type { AuthorizationError } from '../calls/authorization-error.ts';
import type { RowAnswers } from '../calls/row-answers.ts';

type Clauses = readonly NarrowingClause[];

/** Returns the clauses that narrow one viewer in the rule of an object type. */
export type ViewerRules = (typeName: string) => Clauses;

/** The call that a rule holds in. */
interface RuledCall<TContext> {
  /** The field or type that errors and refusals name. */
  readonly coordinate: string;
  readonly viewer: Viewer;
  readonly context: TContext;
  /** The answers of policies about rows so far, of all calls that have the same ones. */
  readonly answers: RowAnswers;
}

/** Which rows exist for one viewer in one call. */
export interface RowRule<TContext> extends RuledCall<TContext> {
  /** The names of the object types of the rows. */
  readonly rowTypes: ReadonlySet<string>;
  /** The clauses of the field itself. */
  readonly clauses: Clauses;
  /** The clauses of the field, and of the connections that it belongs to. */
  readonly ofField: Clauses;
  /** The rules of the types of its rows. Undefined: none of them narrows the viewer. */
  readonly ofTypes: ViewerRules | undefined;
  /** The filters that its resolver has asked for, by the type of the rows. Undefined: of all types. */
  readonly filters: Map<string | undefined, unknown>;
  /**
   * The refusal of a viewer who has not proved its identity as the rule of one of the types of a connection's rows asks.
   * The clauses may leave it all rows.
   */
  readonly unproven: AuthorizationError | undefined;
  /** Whether a part of the connection was delivered before. Its other rows are checked where they are delivered. */
  isLate: boolean;
  /** The error of the first mistake. After it, no more rows are delivered. */
  failure: Error | undefined;
}

interface RuleParts<TContext> extends Pick<RowRule<TContext>, 'rowTypes' | 'ofTypes'> {
  readonly clauses?: Clauses;
  readonly connection?: RowRule<TContext> | undefined;
  readonly unproven?: AuthorizationError | undefined;
}

const none: Clauses = [];

export const createRule = <TContext>(
  { coordinate, viewer, context, answers }: RuledCall<TContext>,
  { rowTypes, ofTypes, clauses = none, connection, unproven }: RuleParts<TContext>,
): RowRule<TContext> => ({
  coordinate,
  viewer,
  context,
  answers,
  rowTypes,
  clauses,
  ofField: connection === undefined ? clauses : [...connection.ofField, ...clauses],
  ofTypes,
  filters: new Map(),
  unproven,
  isLate: connection !== undefined,
  failure: undefined,
});

/** Returns all clauses that must admit a row of a type. Most rules have clauses of one kind, which need not be joined. */
export function clausesOf<TContext>(
  { ofField, ofTypes }: RowRule<TContext>,
  typeName: string,
): Clauses {
  const ofType = ofTypes === undefined ? none : ofTypes(typeName);
  if (ofType.length === 0) return ofField;
  return ofField.length === 0 ? ofType : [...ofField, ...ofType];
}

/** Whether clauses can keep rows of a call from the viewer. */
export const hidesRows = <TContext>({ clauses, ofTypes }: RowRule<TContext>): boolean =>
  clauses.length > 0 || ofTypes !== undefined;

/** Returns what the rules of all types of a call have in common. Undefined: they are different. */
export function commonRule<TContext>({
  rowTypes,
  ofTypes,
}: RowRule<TContext>): Clauses | undefined {
  if (ofTypes === undefined) return none;
  const [first = none, ...others] = [...rowTypes].map(ofTypes);
  return others.every((each) => isSame(each, first)) ? first : undefined;
}

/** Whether two rules have the same clauses, as far as they decide which rows exist. */
function isSame(left: Clauses, right: Clauses): boolean {
  const others = right.map(withoutProof);
  return (
    left.length === right.length &&
    left
      .map(withoutProof)
      .every((clause) => others.some((other) => implies(clause, other) && implies(other, clause)))
  );
}

/**
 * Compiles the rules of object types to a function that returns those which narrow a viewer, or undefined if none does.
 * Undefined: no type has a rule. It is called for each value of a field, so it allocates little.
 */
export function compileTypeRules(
  ruleOf: Requirements['ruleOf'],
  typeNames: Iterable<string>,
): ((viewer: Viewer) => ViewerRules | undefined) | undefined {
  const ruled = [...typeNames].filter((name) => ruleOf(name).length > 0);
  const compiled = ruled.map((name) => ({ name, narrowing: compileRule(ruleOf(name)) }));
  const [first, ...others] = compiled;
  if (first === undefined) return undefined;
  return (viewer) => {
    if (others.length === 0) {
      const clauses = first.narrowing(viewer);
      return clauses.length === 0 ? undefined : (name) => (name === first.name ? clauses : none);
    }
    const rules = new Map(compiled.map(({ name, narrowing }) => [name, narrowing(viewer)]));
    const narrows = [...rules.values()].some(({ length }) => length > 0);
    return narrows ? (name) => rules.get(name) ?? none : undefined;
  };
}

function compileRule(rule: Clauses) {
  const admits = compileGroupAdmission(rule);
  return (viewer: Viewer): Clauses => {
    if (!viewer.isAuthenticated || admits(viewer)) return none;
    return rule.length === 1 ? rule : narrowingClauses(rule, viewer);
  };
}
