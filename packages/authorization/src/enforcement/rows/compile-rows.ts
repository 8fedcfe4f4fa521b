import type {
  GraphQLField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLResolveInfo,
} from 'graphql';
import { getNamedType } from 'graphql';
import { narrowingClauses } from '../../decision/decision.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import {
  connectionRowsOf,
  narrowedConnectionsOf,
  objectTypesOf,
} from '../../requirements/row-fields.ts';
import {
  type AuthorizationError,
  createAuthorizationError,
  toDenialExtensions,
} from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { listDepth } from '../values/list-items.ts';
import type { WatchedEvent } from './check-event.ts';
import { type RowOutcome, rowOutcomeOf } from './row-outcome.ts';
import { compileTypeRules, createRule, type RowRule } from './row-rule.ts';

/** A field whose resolver is wrapped, and the type that has it. */
export interface WrappedField {
  readonly parent: GraphQLObjectType;
  readonly field: Pick<GraphQLField<unknown, unknown>, 'name' | 'type' | 'args'>;
}

/** A request for rows, in an execution that began at `now`. */
export interface RowRequest<TContext> {
  readonly context: TContext;
  readonly now: Date;
}

/** The call of a field. */
interface CalledField<TContext> {
  readonly context: TContext;
  readonly info: GraphQLResolveInfo;
  /** The rule of the connection that it belongs to. */
  readonly connection: RowRule<TContext> | undefined;
}

/** The rules that hold for the viewer of one call of a field. */
export class HeldRules<TContext> {
  /** The rule of its rows. Undefined: the field itself hides none of them. */
  readonly own: RowRule<TContext> | undefined;
  /**
   * The rule of values that are no rows of a connection: of a connection itself, and of types that are no rows of the
   * connection above. Undefined: it hides none of them, or `own` is their rule too.
   */
  readonly ofOthers: RowRule<TContext> | undefined;
  /** The rule of the connection that the field belongs to. */
  readonly connection: RowRule<TContext> | undefined;
  /** The event that it answers. */
  event: WatchedEvent | undefined = undefined;

  constructor({ own, ofOthers, connection }: Omit<HeldRules<TContext>, 'event'>) {
    this.own = own;
    this.ofOthers = ofOthers;
    this.connection = connection;
  }
}

/** Which rules can hold at a field, and what they mean there. */
export interface FieldRows<TContext> {
  readonly coordinate: string;
  /** The declared type of what it returns, in lists of this depth. */
  readonly returned: GraphQLNamedType;
  readonly depth: number;
  /** The names of the object types of its rows. */
  readonly rowTypes: ReadonlySet<string>;
  /** Whether `rows` stands on the field itself. */
  readonly hasRows: boolean;
  /** Whether some viewers get only a part of its rows, by `rows` or the rule of a type. */
  readonly isRuled: boolean;
  /** The names of the types of the narrowed connections that it returns, also in lists and among other types. */
  readonly connections: ReadonlySet<string>;
  /** When its resolver must ask for the filter: always, if it returns a connection, or as it likes. */
  readonly filter: 'required' | 'of connections' | 'optional';
  /** What becomes of a row that does not exist for the viewer. */
  readonly outcome: RowOutcome;
  /** Whether the rules of types leave the viewer all rows. */
  admitsToTypes(context: TContext): boolean;
  hold(call: CalledField<TContext>): HeldRules<TContext>;
}

/** Which rules of rows hold, in one schema. */
export interface CompiledRows<TContext> {
  ofField(wrapped: WrappedField): FieldRows<TContext>;
  /** Whether an object type has a rule, or one of an interface or union. */
  isRuled(typeName: string): boolean;
  /** Returns the rule of the rows of a type, without the proof of identity. Undefined: all exist for the viewer. */
  ofType(typeName: string, context: TContext): RowRule<TContext> | undefined;
  /**
   * Returns the refusal of a viewer who gets no row of one of these types, also if it would get all of them: it is anonymous,
   * or has not proved its identity as a rule asks. It has what the rules of all these types ask.
   */
  refusalOf(
    typeNames: Iterable<string>,
    request: RowRequest<TContext>,
  ): AuthorizationError | undefined;
}

const noNames: ReadonlySet<string> = new Set();

export function createCompiledRows<TContext>(decider: Decider<TContext>): CompiledRows<TContext> {
  const { schema, requirements, viewerOf, executions, refusalByGroups, report, beganAt } = decider;
  const { ruleOf } = requirements;
  const byType = new Map<string, ReturnType<typeof compileType>>();

  function compileType(typeName: string) {
    const rowTypes = objectTypesOf(schema, typeName);
    return { rowTypes, rulesFor: compileTypeRules(ruleOf, rowTypes) };
  }

  function rowsOfType(typeName: string) {
    const known = byType.get(typeName) ?? compileType(typeName);
    byType.set(typeName, known);
    return known;
  }

  const refusalOf: CompiledRows<TContext>['refusalOf'] = (typeNames, { context, now }) => {
    const names = [...typeNames];
    const refusal = refusalByGroups(names.flatMap(ruleOf), context, now);
    if (refusal === undefined) return undefined;
    const refusing = names.find((name) => refusalByGroups(ruleOf(name), context, now));
    return createAuthorizationError(toDenialExtensions(refusing ?? '', refusal));
  };

  function ofField({ parent, field }: WrappedField): FieldRows<TContext> {
    const { name, type } = field;
    const coordinate = memberCoordinate(parent.name, name);
    const clausesAt = requirements.rowsAt(coordinate);
    const hasRows = clausesAt.length > 0;
    const connections = narrowedConnectionsOf(schema, requirements, { coordinate, type });
    const isConnection = connections.length > 0;
    const returned = getNamedType(type);
    const values = rowsOfType(returned.name);
    const rowTypes = isConnection ? connectionRowsOf(schema, type) : values.rowTypes;
    const rulesFor = isConnection ? compileTypeRules(ruleOf, rowTypes) : values.rulesFor;
    const depth = listDepth(type);
    const isAlways = isConnection
      ? connections.length === values.rowTypes.size
      : hasRows && depth > 0;
    const asksForProof = isConnection && requirements.demandProof && report === undefined;
    return {
      coordinate,
      returned,
      depth,
      rowTypes,
      hasRows,
      isRuled: hasRows || rulesFor !== undefined,
      connections: new Set(connections.map((each) => each.name)),
      filter: isAlways ? 'required' : isConnection ? 'of connections' : 'optional',
      outcome: rowOutcomeOf(schema, { parent, field, hasRows }),
      admitsToTypes: (context) => rulesFor?.(viewerOf(context)) === undefined,
      hold({ context, info, connection }) {
        if (!hasRows && rulesFor === undefined && values.rulesFor === undefined && !asksForProof) {
          return new HeldRules({ own: undefined, ofOthers: undefined, connection });
        }
        const viewer = viewerOf(context);
        const clauses = narrowingClauses(clausesAt, viewer);
        const ofTypes = rulesFor?.(viewer);
        // Where the type of a row is known before, the field has asked for the proof.
        const unproven = asksForProof
          ? refusalOf(rowTypes, { context, now: beganAt(context, info) })
          : undefined;
        // A connection above has the rules of its rows. Another connection is read on its own.
        const isByTypes = ofTypes !== undefined && (isConnection || connection === undefined);
        const isOwn = isByTypes || clauses.length > 0 || unproven !== undefined;
        const isOfOthers = isConnection || (connection !== undefined && !isOwn);
        const ofValues = isOfOthers ? values.rulesFor?.(viewer) : undefined;
        if (!isOwn && ofValues === undefined) {
          return new HeldRules({ own: undefined, ofOthers: undefined, connection });
        }
        const answers = executions.rowAnswersOf(context, info, viewer);
        const call = { coordinate, viewer, context, answers };
        const own = isOwn
          ? createRule(call, { rowTypes, ofTypes, clauses, connection, unproven })
          : undefined;
        const checked = isConnection || connection === undefined ? noNames : connection.rowTypes;
        const ofOthers =
          ofValues &&
          createRule(call, {
            rowTypes: values.rowTypes,
            ofTypes: (typeName) => (checked.has(typeName) ? [] : ofValues(typeName)),
          });
        return new HeldRules({ own, ofOthers, connection });
      },
    };
  }

  return {
    ofField,
    isRuled: (typeName) => rowsOfType(typeName).rulesFor !== undefined,
    ofType(typeName, context) {
      const { rowTypes, rulesFor } = rowsOfType(typeName);
      const viewer = viewerOf(context);
      const ofTypes = rulesFor?.(viewer);
      if (ofTypes === undefined) return undefined;
      const call = { coordinate: typeName, viewer, context, answers: new Map() };
      return createRule(call, { rowTypes, ofTypes });
    },
    refusalOf,
  };
}
