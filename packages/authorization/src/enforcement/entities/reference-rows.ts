import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { decide, narrowingClauses } from '../../decision/decision.ts';
import type { Requirement } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { rowTypesOf } from '../../requirements/row-fields.ts';
import { objectFieldsOf } from '../../requirements/schema-types.ts';
import type { Decider } from '../calls/decider.ts';
import type { RowQuestion } from '../calls/policy-calls.ts';

/** The fields with `rows` that return one type. */
interface RowFields {
  readonly ofQuery: readonly Requirement[];
  /** Fields that a viewer may not reach, such as a list of another guarded type. */
  readonly others: readonly Requirement[];
}

/** The call that resolves a reference. */
interface ReferenceCall<TContext> {
  readonly context: TContext;
  readonly info: GraphQLResolveInfo;
}

export type ReferenceRows<TContext> = ReturnType<typeof createReferenceRows<TContext>>;

/**
 * Creates the decision for references to types that have lists with `rows`, and no rule of their own. A viewer gets a row
 * by reference if one of these fields of `Query` would return it. If there is no such field of `Query`, the policies of
 * all other fields must admit the row. The rule of a type is asked where its values are delivered, as everywhere.
 */
export function createReferenceRows<TContext>(decider: Decider<TContext>) {
  const fields = findRowFields(decider.schema, decider.requirements);

  async function returnsRow(
    requirement: Requirement,
    question: RowQuestion<TContext>,
    now: Date,
  ): Promise<boolean> {
    const { context } = question;
    const viewer = decider.viewerOf(context);
    const { outcome } = decide(requirement, viewer, now);
    // A policy in `or` of the field decides about another object.
    if (outcome !== 'allowed' && outcome !== 'narrowed') return false;
    return decider.policies.admitsToRow(narrowingClauses(requirement, viewer), viewer, question);
  }

  return {
    /** Whether a field with `rows` returns this type, which has no rule. */
    narrows: (typeName: string): boolean =>
      fields.has(typeName) && decider.requirements.ruleOf(typeName).length === 0,
    /** Whether an authenticated viewer may get a row. It may if no field with `rows` returns the type. */
    async admits(
      typeName: string,
      row: unknown,
      { context, info }: ReferenceCall<TContext>,
    ): Promise<boolean> {
      const { ofQuery = [], others = [] } = fields.get(typeName) ?? {};
      const chosen = ofQuery.length > 0 ? ofQuery : others;
      const question = { coordinate: typeName, row, context };
      const now = decider.beganAt(context, info);
      const returned = await Promise.all(chosen.map((each) => returnsRow(each, question, now)));
      return ofQuery.length > 0 ? returned.includes(true) : !returned.includes(false);
    },
  };
}

/** Finds the fields with `rows` by the names of the object types that they return. */
function findRowFields(
  schema: GraphQLSchema,
  requirements: Requirements,
): ReadonlyMap<string, RowFields> {
  const found = new Map<string, RowFields>();
  for (const { type, field, coordinate } of objectFieldsOf(schema)) {
    if (requirements.rowsAt(coordinate).length === 0) continue;
    const requirement = requirements.at(coordinate);
    for (const name of rowTypesOf(schema, field.type)) {
      const { ofQuery = [], others = [] } = found.get(name) ?? {};
      found.set(
        name,
        type === schema.getQueryType()
          ? { ofQuery: [...ofQuery, requirement], others }
          : { ofQuery, others: [...others, requirement] },
      );
    }
  }
  return found;
}
