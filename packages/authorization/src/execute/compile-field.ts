import type { GraphQLResolveInfo } from 'graphql';
import { defaultFieldResolver, TypeNameMetaFieldDef } from 'graphql';
import type { PropertyReader } from '../enforcement/values/property-reader.ts';
import { argumentValues } from '../graphql-js/variables.ts';
import { type CompleteFitting, compileLeaf, isWritten, writeLeaf } from './compile-leaf.ts';
import { type CompletedField, compileFittingPlace, compilePlace } from './complete-value.ts';
import { createInfo, type Field, forgetAdmissions, pathOf, type RunField } from './field.ts';
import { compileFail } from './field-errors.ts';
import type { Path, Run } from './run.ts';

/**
 * Compiles one selected field: to the call of its resolver, or to the read of a property for those viewers whose groups
 * admit them to it.
 */
export function compileField(field: CompletedField): RunField {
  const { definition, parent, scope } = field;
  if (definition === TypeNameMetaFieldDef) return () => parent.name;
  const reader = definition.resolve && scope.readers.get(definition.resolve);
  return reader === undefined || definition.args.length > 0
    ? compileResolver(field, compileAttempt(field))
    : compileRead(field, reader);
}

/** Completes what the resolver of a field returns. What it throws is the error of the field. */
type Attempt = (
  resolve: (info: GraphQLResolveInfo) => unknown,
  prev: Path | undefined,
  run: Run,
) => unknown;

function compileAttempt(field: CompletedField): Attempt {
  const complete = compilePlace(field.definition.type, field);
  const fail = compileFail(field.definition.type, field);
  return (resolve, prev, run) => {
    const path = pathOf(field, prev);
    let value: unknown;
    try {
      value = resolve(createInfo(field, path, run));
    } catch (error) {
      return fail(error, path, run);
    }
    return complete(value, path, run);
  };
}

function compileResolver(field: Field, attempt: Attempt): RunField {
  const { definition, nodes } = field;
  const hasArguments = definition.args.length > 0;
  return (source, prev, run) =>
    attempt(
      (info) => {
        const args = hasArguments
          ? argumentValues(definition, nodes[0], run.variableValues)
          : Object.create(null);
        const { resolve = defaultFieldResolver } = definition;
        try {
          return resolve(source, args, run.contextValue, info);
        } finally {
          forgetAdmissions(field, run);
        }
      },
      prev,
      run,
    );
}

/** What happens to a property that cannot be read, or does not fit. */
interface Exceptions {
  /** Calls the guarded resolver, in place of the read of the property. */
  readonly resolve: RunField;
  /** Completes a value that does not fit. */
  readonly deliver: RunField;
  /** Completes an error that was thrown by the read, or the check of the value. */
  readonly fail: RunField;
}

function compileExceptions(field: CompletedField, reader: PropertyReader): Exceptions {
  const attempt = compileAttempt(field);
  return {
    resolve: compileResolver(field, attempt),
    deliver: (value, prev, run) => attempt((info) => reader.deliver(value, info), prev, run),
    fail: (error, prev, run) => attempt((info) => reader.fail(error, info), prev, run),
  };
}

const absent = Symbol('absent');

/**
 * Compiles the read of a property. It is read once, whatever it holds, unless it is a method. What is seldom needed is
 * compiled when it is: documents are many, and what is compiled is kept.
 */
function compileRead(field: CompletedField, reader: PropertyReader): RunField {
  const { property = field.definition.name, fits } = reader;
  const isOwn = reader.property !== undefined;
  const admits = compileAdmits(field, reader);
  const completeFitting = compileFitting(field);
  const isAudited = reader.noted !== undefined && reader.noted.places.length > 0;
  if (reader.noted !== undefined) field.notes.add(reader.noted, field.key);
  let known: Exceptions | undefined;
  const exceptions = (): Exceptions => {
    known ??= compileExceptions(field, reader);
    return known;
  };
  const resolveWhole: RunField = (source, prev, run) => {
    if (isAudited) field.notes.exclude(field.key, prev, run);
    return exceptions().resolve(source, prev, run);
  };
  return (source, prev, run) => {
    if (!isRecord(source) || !admits(run)) return resolveWhole(source, prev, run);
    if (isAudited && !run.notes) return resolveWhole(source, prev, run);
    let value: unknown;
    let isFitting: boolean;
    try {
      value = isOwn && !Object.hasOwn(source, property) ? absent : source[property];
      isFitting = value !== absent && fits(value);
    } catch (error) {
      return exceptions().fail(error, prev, run);
    }
    if (isFitting)
      return completeFitting ? completeFitting(value, prev, run) : writeLeaf(value, run);
    const isResolved = value === absent || typeof value === 'function';
    return isResolved ? resolveWhole(source, prev, run) : exceptions().deliver(value, prev, run);
  };
}

/** Returns undefined where a value that fits is written as it is. */
function compileFitting(field: CompletedField): CompleteFitting | undefined {
  const { type } = field.definition;
  if (isWritten(type)) return undefined;
  const leaf = compileLeaf(field);
  if (leaf !== undefined) return leaf;
  const complete = compileFittingPlace(type, field);
  return (value, prev, run) => complete(value, pathOf(field, prev), run);
}

/** Compiles the check whether the resolver of a field would read a property now. */
function compileAdmits({ definition }: Field, reader: PropertyReader) {
  const { resolve } = definition;
  let admittedKey = 0;
  return (run: Run): boolean => {
    if (admittedKey === run.admissionKey) return true;
    if (definition.resolve !== resolve) return false;
    try {
      if (!reader.admits(run.contextValue)) return false;
    } catch {
      return false; // The resolver throws the same error.
    }
    admittedKey = run.admissionKey;
    return true;
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
