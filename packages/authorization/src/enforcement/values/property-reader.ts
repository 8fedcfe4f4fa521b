import type { GraphQLResolveInfo } from 'graphql';
import type { NotedReads } from '../reads/note-reads.ts';

/** What a resolver reads that only reads a property. */
export interface PropertyRead {
  /** The property that it reads of objects that have it. Undefined: that of the field's name, of every object. */
  readonly property: string | undefined;
  /** Whether the viewer's groups alone admit it to the field. */
  admits(context: unknown): boolean;
  /** What is noted when it reads. Undefined: nothing. */
  readonly noted: NotedReads | undefined;
}

/** A resolver that only reads a property, in its parts. */
export interface PropertyReader extends PropertyRead {
  /** Whether `deliver` would return a value as it is. Scalars of GraphQL that fit are also what `serialize` returns. */
  fits(value: unknown): boolean;
  /** Returns what the resolver returns after it has read `value`. */
  deliver(value: unknown, info: GraphQLResolveInfo): unknown;
  /** Throws what the resolver throws when the property, or the check of its value, throws `error`. */
  fail(error: unknown, info: GraphQLResolveInfo): never;
}

export type PropertyReaders = WeakMap<object, PropertyReader>;
