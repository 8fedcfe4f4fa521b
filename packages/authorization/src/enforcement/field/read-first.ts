import type { GraphQLOutputType } from 'graphql';
import { isNonNullType } from 'graphql';
import type { Resolver } from '../calls/field-call.ts';
import { always } from '../calls/step.ts';
import type { AnswerSizes } from '../sizes/answer-size.ts';
import { isWritten, scalarKind } from '../values/fit-value.ts';
import type { PropertyReader } from '../values/property-reader.ts';

/** The field of a property, and what counts its texts. */
export interface ReadField {
  readonly name: string;
  readonly type: GraphQLOutputType;
  readonly sizes: AnswerSizes;
}

/**
 * Makes the resolver of a field that reads a property: most fields of most objects. It does at once what the steps would do,
 * and leaves to `resolve` all calls in which they would do anything else.
 */
export function readFirst<TContext>(
  { name, type, sizes }: ReadField,
  { property, admits, deliver, fail }: PropertyReader,
  resolve: Resolver<TContext>,
): Resolver<TContext> {
  const read = property ?? name;
  const isOwn = property !== undefined;
  const kind = scalarKind(type);
  const isOpen = admits === always;
  const isNullable = !isNonNullType(type);
  return (source, args, context, info) => {
    if (!isRecord(source)) return resolve(source, args, context, info);
    let value: unknown;
    try {
      const isRead = (isOpen || admits(context)) && (!isOwn || Object.hasOwn(source, read));
      if (!isRead) return resolve(source, args, context, info);
      value = source[read];
    } catch (error) {
      return fail(error, info);
    }
    if (isWritten(kind, value)) {
      return typeof value === 'string' ? sizes.addText(value, info) : value;
    }
    if (isNullable && (value === null || value === undefined)) return value;
    return typeof value === 'function'
      ? resolve(source, args, context, info)
      : deliver(value, info);
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
