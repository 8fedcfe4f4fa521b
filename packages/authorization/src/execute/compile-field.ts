import type { GraphQLResolveInfo } from 'graphql';
import { defaultFieldResolver, getArgumentValues, TypeNameMetaFieldDef } from 'graphql';
import type { PropertyReader } from '../enforcement/property-reader.ts';
import { type CompleteFitting, compileLeaf, isWritten } from './compile-leaf.ts';
import {
  type Complete,
  type CompletedField,
  compileFittingPlace,
  compilePlace,
} from './complete-value.ts';
import { createInfo, type Field, pathOf, type RunField, startTurn } from './field.ts';
import { compileFail } from './field-errors.ts';
import type { Path, Run } from './run.ts';

/**
 * Compiles one selected field: to the call of its resolver, or to the read of a property for those viewers whose groups
 * admit them to it.
 */
export function compileField(field: CompletedField): RunField {
  const { definition, parent, scope } = field;
  if (definition === TypeNameMetaFieldDef) return () => parent.name;
  const complete = compilePlace(definition.type, field);
  const attempt = compileAttempt(field, complete);
  const resolve = compileResolver(field, attempt);
  const reader = definition.resolve && scope.readers.get(definition.resolve);
  if (reader === undefined || definition.args.length > 0) return resolve;
  const completeFitting = isWritten(definition.type) ? undefined : compileFitting(field);
  return compileRead(field, { reader, attempt, resolve, completeFitting });
}

function compileFitting(field: CompletedField): CompleteFitting {
  const leaf = compileLeaf(field);
  if (leaf !== undefined) return leaf;
  const complete = compileFittingPlace(field.definition.type, field);
  return (value, prev, run) => complete(value, pathOf(field, prev), run);
}

/** Completes what the resolver of a field returns. What it throws is the error of the field. */
type Attempt = (
  resolve: (info: GraphQLResolveInfo) => unknown,
  prev: Path | undefined,
  run: Run,
) => unknown;

function compileAttempt(field: Field, complete: Complete): Attempt {
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
  return (source, prev, run) =>
    attempt(
      (info) => {
        const args = getArgumentValues(definition, nodes[0], run.variableValues);
        const { resolve = defaultFieldResolver } = definition;
        try {
          return resolve(source, args, run.contextValue, info);
        } finally {
          startTurn(field, run);
        }
      },
      prev,
      run,
    );
}

interface Read {
  readonly reader: PropertyReader;
  readonly attempt: Attempt;
  /** Calls the whole resolver. */
  readonly resolve: RunField;
  /** Undefined: a value that fits is written as it is. */
  readonly completeFitting: CompleteFitting | undefined;
}

const absent = Symbol('absent');

/** Compiles the read of a property. It is read once, whatever it holds, unless it is a method. */
function compileRead(field: Field, { reader, attempt, resolve, completeFitting }: Read): RunField {
  const { property = field.definition.name, fits } = reader;
  const isOwn = reader.property !== undefined;
  const admits = compileAdmits(field, reader);
  const deliver: RunField = (value, prev, run) =>
    attempt((info) => reader.deliver(value, info), prev, run);
  const fail: RunField = (error, prev, run) =>
    attempt((info) => reader.fail(error, info), prev, run);
  return (source, prev, run) => {
    if (!isRecord(source) || !admits(run)) return resolve(source, prev, run);
    let value: unknown;
    let isFitting: boolean;
    try {
      value = isOwn && !Object.hasOwn(source, property) ? absent : source[property];
      isFitting = value !== absent && fits(value);
    } catch (error) {
      return fail(error, prev, run);
    }
    if (isFitting) return completeFitting ? completeFitting(value, prev, run) : (value ?? null);
    const isResolved = value === absent || typeof value === 'function';
    return isResolved ? resolve(source, prev, run) : deliver(value, prev, run);
  };
}

/** Compiles the check whether the resolver of a field would read a property now. */
function compileAdmits({ definition }: Field, reader: PropertyReader) {
  const { resolve } = definition;
  let admittedIn = 0;

  function admit(run: Run): boolean {
    if (definition.resolve !== resolve) return false;
    try {
      if (!reader.admits(run.contextValue)) return false;
    } catch {
      return false; // The resolver throws the same error.
    }
    admittedIn = run.turn;
    return true;
  }

  return (run: Run): boolean => admittedIn === run.turn || admit(run);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
