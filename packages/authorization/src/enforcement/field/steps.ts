import type { GraphQLField, GraphQLObjectType } from 'graphql';
import { defaultFieldResolver } from 'graphql';
import type { Refusal } from '../../decision/decision.ts';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { rejected } from '../calls/promises.ts';
import { takePayload } from '../calls/source-events.ts';
import { always, nullAnswer, type Step } from '../calls/step.ts';
import type { NotedReads, NoteReads } from '../reads/note-reads.ts';
import type { FieldReferencesGuard } from '../references/guard-field-references.ts';
import type { RowGuard } from '../rows/guard-rows.ts';
import type { AnswerSizes } from '../sizes/answer-size.ts';
import type { CompileCount } from '../values/count-value.ts';
import { propertyOf } from '../values/property-or.ts';
import { createCountStep } from './count-items.ts';
import type { createDeferSteps } from './defer-items.ts';
import { createEnumStep } from './guard-enum.ts';
import { createFieldGuard, type GuardedField } from './guard-field.ts';
import { createValueStep, type ValueStep } from './value-step.ts';

/** The step that calls the resolver of the application. */
export interface ResolveStep<TContext> extends Step<'resolve', TContext> {
  /** The resolver, if it only reads a property: that with this name, of objects that have it, or that of the field's name. */
  readonly reads: { readonly property: string | undefined } | undefined;
}

type RefuseStep<TContext> = Step<'refuse', TContext, Refusal | undefined>;

/** The step that notes the read of an audited field. */
interface RecordStep<TContext> extends Step<'record', TContext> {
  readonly noted: NotedReads;
}

/** Stands for the guard of a field that is open to everybody who gets its object, with its inputs. */
const unguarded = Symbol('unguarded');
type Unguarded = typeof unguarded;

/**
 * What happens at a field, in this order. Nothing else is done there: `compileField` makes the resolver of it. A list
 * without its guard, or in another order, does not compile.
 */
export type FieldSteps<TContext> = readonly [
  /** Takes the payload of an event of a subscription. */
  event: Step<'event', TContext> | undefined,
  /** Begins what is kept of an execution. */
  begin: Step<'begin', TContext> | undefined,
  /** Ends the call when the answer has become too large. */
  bound: Step<'bound', TContext> | undefined,
  /** Decides by groups, policies and proofs of identity. */
  decide: Step<'decide', TContext> | Unguarded,
  /** Refuses by that decision, or by the inputs that were sent. */
  refuse: RefuseStep<TContext> | Unguarded,
  /** Notes that an audited field is read. */
  record: RecordStep<TContext> | undefined,
  /** Reads the rows that ids in arguments name. */
  ids: Step<'ids', TContext> | undefined,
  /** Finds which rules of rows hold for the viewer, for the resolver and for the check. */
  rules: Step<'rules', TContext> | undefined,
  resolve: ResolveStep<TContext>,
  /** Counts the items of a list, before the steps that look at each. */
  count: Step<'count', TContext> | undefined,
  /** Checks the rows. */
  rows: Step<'rows', TContext> | undefined,
  /** Notes what the check of rows has let pass. */
  conclude: Step<'conclude', TContext> | undefined,
  /** Checks the values of an enum. */
  enums: Step<'enum', TContext> | undefined,
  /** Lets each item of a list be refused alone. */
  defer: Step<'defer', TContext> | undefined,
  /** Checks that the value fits the type, and counts it. */
  value: ValueStep,
];

/** What happens when a subscription is opened, in this order: a denied subscriber must not even open the source stream. */
export type OpeningSteps<TContext> = readonly [
  decide: Step<'decide', TContext> | Unguarded,
  refuse: RefuseStep<TContext> | Unguarded,
  ids: Step<'ids', TContext> | undefined,
  rules: Step<'rules', TContext> | undefined,
  resolve: ResolveStep<TContext>,
  open: Step<'open', TContext>,
];

/** Returns the steps of a list that are there. */
export const presentSteps = <TContext>(
  steps: readonly (Step<string, TContext> | Unguarded | undefined)[],
): readonly Step<string, TContext>[] =>
  steps.filter((step) => step !== undefined && step !== unguarded);

type StepNamed<Name, TContext> = Extract<FieldSteps<TContext>[number], { readonly name: Name }>;

/** Returns the step with a name. Undefined: the field does not need it. */
export const stepNamed = <Name extends string, TContext>(
  steps: FieldSteps<TContext>,
  name: Name,
): StepNamed<Name, TContext> | undefined =>
  steps.find(
    (step): step is StepNamed<Name, TContext> => typeof step === 'object' && isNamed(step, name),
  );

const isNamed = (step: { readonly name: string }, name: string): boolean => step.name === name;

/** A field of the copied schema. */
export interface CopiedField<TContext> {
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, TContext>;
  readonly coordinate: string;
  readonly isRoot: boolean;
  readonly isSubscription: boolean;
}

/** What the steps of all fields share. */
export interface StepParts<TContext> {
  readonly decider: Decider<TContext>;
  readonly rows: RowGuard<TContext>;
  readonly guardArguments: FieldReferencesGuard<TContext>;
  readonly deferItems: ReturnType<typeof createDeferSteps<TContext>>;
  readonly reads: NoteReads<TContext>;
  readonly sizes: AnswerSizes;
  readonly compileCount: CompileCount;
}

/** Lists the steps of the `resolve` of a field. */
export function fieldSteps<TContext>(
  { parent, field, coordinate, isRoot, isSubscription }: CopiedField<TContext>,
  { decider, rows, guardArguments, deferItems, reads, sizes, compileCount }: StepParts<TContext>,
): FieldSteps<TContext> {
  const { args, type } = field;
  const resolver = field.resolve ?? defaultFieldResolver;
  const [decide, refuse] = guardSteps(decider, { coordinate, args, isRoot });
  const resolve = resolveStep(resolver);
  const rowSteps = rows.stepsOf({ parent, field }, resolver);
  return [
    isSubscription ? { name: 'event', run: (_value, call) => takePayload(call) } : undefined,
    isRoot ? beginStep(decider, reads) : undefined,
    isRoot ? undefined : boundStep(sizes),
    decide,
    refuse,
    recordStep(reads, reads.ofField(parent.name, field.name)),
    guardArguments({ coordinate, args, isRoot, isEvent: isSubscription }),
    rowSteps?.rules,
    resolve,
    resolve.reads === undefined ? createCountStep(sizes, type) : undefined,
    rowSteps?.rows,
    rowSteps?.conclude,
    createEnumStep(decider, type),
    deferItems(type),
    createValueStep({ coordinate, type }, compileCount),
  ];
}

/** Lists the steps of the `subscribe` of a field. */
export function openingSteps<TContext>(
  { parent, field, coordinate, isRoot }: CopiedField<TContext>,
  open: Step<'open', TContext>,
  { decider, rows, guardArguments }: StepParts<TContext>,
): OpeningSteps<TContext> {
  const opening = { coordinate, args: field.args, isRoot, opensStream: true };
  const [decide, refuse] = guardSteps(decider, opening);
  const resolve = resolveStep(field.subscribe ?? defaultFieldResolver);
  return [decide, refuse, guardArguments(opening), rows.opening({ parent, field }), resolve, open];
}

function guardSteps<TContext>(decider: Decider<TContext>, field: GuardedField) {
  const guard = createFieldGuard(decider, field);
  if (guard === undefined) return [unguarded, unguarded] as const;
  const decide: Step<'decide', TContext> = {
    name: 'decide',
    run: (_value, call) => guard.decide(call, call.info),
    passes: guard.admits,
  };
  const refuse: RefuseStep<TContext> = {
    name: 'refuse',
    run: (refusal, call) =>
      guard.refuse(refusal, call, call.info) === 'skip' ? nullAnswer : undefined,
    passes: guard.admits,
  };
  return [decide, refuse] as const;
}

function beginStep<TContext>(
  decider: Decider<TContext>,
  reads: NoteReads<TContext>,
): Step<'begin', TContext> | undefined {
  if (!decider.requirements.demandProof && !reads.exist) return undefined;
  return {
    name: 'begin',
    run(_value, { context, info }) {
      decider.beganAt(context, info);
      if (reads.operations.has(info.operation)) reads.begin(context, info);
    },
  };
}

/** Not for root fields: a mutation is done in any case. */
const boundStep = <TContext>(sizes: AnswerSizes): Step<'bound', TContext> => ({
  name: 'bound',
  run(_value, { info }) {
    const { error } = sizes.of(info);
    return error && rejected(error);
  },
  passes: always,
});

const recordStep = <TContext>(
  reads: NoteReads<TContext>,
  noted: NotedReads | undefined,
): RecordStep<TContext> | undefined =>
  noted && {
    name: 'record',
    noted,
    run: (_value, call) => reads.note(noted, call),
    passes: always,
  };

function resolveStep<TContext>(resolver: Resolver<TContext>): ResolveStep<TContext> {
  const property = propertyOf(resolver);
  const isRead = resolver === defaultFieldResolver || property !== undefined;
  return {
    name: 'resolve',
    run: (_value, { source, args, context, info }) => resolver(source, args, context, info),
    reads: isRead ? { property } : undefined,
  };
}
