import type { Resolver } from '../calls/field-call.ts';
import { always, type Fail, type Step } from '../calls/step.ts';
import type { PropertyReader } from '../values/property-reader.ts';
import { type ReadField, readFirst } from './read-first.ts';
import { runSteps } from './run-steps.ts';
import { type FieldSteps, type OpeningSteps, presentSteps, stepNamed } from './steps.ts';

/** The resolver that the steps of a field make. */
export interface CompiledField<TContext> {
  readonly resolve: Resolver<TContext>;
  /** What it reads, where the steps let a property pass as it is. Undefined: the steps see every call. */
  readonly reader: PropertyReader | undefined;
}

/** Makes the resolver of a field from its steps. */
export function compileField<TContext>(
  field: ReadField,
  steps: FieldSteps<TContext>,
  fail: Fail,
): CompiledField<TContext> {
  const reader = readerOf(steps, fail);
  // To read a property is less work than to ask whether the answer has become too large.
  const isBound = reader === undefined;
  const called = presentSteps(steps).filter(({ name }) => isBound || name !== 'bound');
  const resolve = toResolver(called, fail);
  const isPlain = reader !== undefined && reader.noted === undefined;
  return { resolve: isPlain ? readFirst(field, reader, resolve) : resolve, reader };
}

/** Makes the `subscribe` of a field from its steps. */
export const compileOpening = <TContext>(
  steps: OpeningSteps<TContext>,
  fail: Fail,
): Resolver<TContext> => toResolver(presentSteps(steps), fail);

function toResolver<TContext>(
  steps: readonly Step<string, TContext>[],
  fail: Fail,
): Resolver<TContext> {
  const run = runSteps(steps, fail);
  return (source, args, context, info) =>
    run(undefined, { source, args, context, info, kept: undefined });
}

/**
 * Returns how a property is read in place of the resolver that would read it, for the viewers to whom all other steps let it
 * pass.
 */
function readerOf<TContext>(steps: FieldSteps<TContext>, fail: Fail): PropertyReader | undefined {
  const resolve = stepNamed(steps, 'resolve');
  const value = stepNamed(steps, 'value');
  if (resolve?.reads === undefined || value === undefined) return undefined;
  const others = presentSteps(steps).filter((step) => step !== resolve && step !== value);
  const admits = passesAll(others);
  if (admits === undefined) return undefined;
  const run = runSteps([value], fail);
  return {
    property: resolve.reads.property,
    admits,
    noted: stepNamed(steps, 'record')?.noted,
    fits: value.fits,
    deliver: (given, info) =>
      run(given, { source: undefined, args: {}, context: undefined, info, kept: undefined }),
    fail,
  };
}

/** Returns the check whether all steps pass. Undefined: that of one is known only in the call. */
function passesAll<TContext>(
  steps: readonly Step<string, TContext>[],
): ((context: TContext) => boolean) | undefined {
  const checks = new Set(steps.map(({ passes }) => passes));
  checks.delete(always);
  const [first, ...others] = checks;
  if (checks.has(undefined)) return undefined;
  if (first === undefined) return always;
  if (others.length === 0) return first;
  return (context) => [...checks].every((passes) => passes?.(context) === true);
}
