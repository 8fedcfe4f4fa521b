import { compileGroupAdmission, narrowingClauses } from '../../decision/decision.ts';
import type { Viewer } from '../../decision/viewer.ts';
import type { NarrowingClause } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';

/** Returns the clauses of the rule of an object type that narrow one viewer. */
export type ViewerRules = (typeName: string) => readonly NarrowingClause[];

/** The rules of some object types. */
export interface TypeRules {
  /** Whether one of the types has a rule. */
  readonly exist: boolean;
  /** Returns the rules that narrow a viewer. Undefined: none does. */
  of(viewer: Viewer): ViewerRules | undefined;
}

const none: readonly NarrowingClause[] = [];

/** Compiles the rules of the types that a field can return. Asked for each value of a field: it allocates little. */
export function compileTypeRules(
  { ruleOf }: Pick<Requirements, 'ruleOf'>,
  typeNames: Iterable<string>,
): TypeRules {
  const ruled = [...typeNames].filter((name) => ruleOf(name).length > 0);
  const compiled = ruled.map((name) => ({ name, narrowing: compileRule(ruleOf(name)) }));
  const [first, ...others] = compiled;
  if (first === undefined) return { exist: false, of: () => undefined };
  return {
    exist: true,
    of(viewer) {
      if (others.length === 0) {
        const clauses = first.narrowing(viewer);
        return clauses.length === 0 ? undefined : (name) => (name === first.name ? clauses : none);
      }
      const rules = new Map(compiled.map(({ name, narrowing }) => [name, narrowing(viewer)]));
      const narrows = [...rules.values()].some(({ length }) => length > 0);
      return narrows ? (name) => rules.get(name) ?? none : undefined;
    },
  };
}

function compileRule(rule: readonly NarrowingClause[]) {
  const admits = compileGroupAdmission(rule);
  return (viewer: Viewer): readonly NarrowingClause[] => {
    if (!viewer.isAuthenticated || admits(viewer)) return none;
    return rule.length === 1 ? rule : narrowingClauses(rule, viewer);
  };
}
