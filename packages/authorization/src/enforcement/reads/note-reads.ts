import type { GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';
import type { AuditedPlaces, NotedField } from './audited-places.ts';
import type { FollowedReads } from './follow-reads.ts';
import type { ReadNotes } from './read-notes.ts';

/** What compiled execution notes of a field whose property it reads. */
export interface NotedReads extends NotedField {
  /** Returns the notes of an operation that runs. Undefined: the resolver refuses the field. */
  notesOf(context: unknown, operation: OperationDefinitionNode): ReadNotes<unknown> | undefined;
}

/** Notes the reads of audited coordinates. */
export interface NoteReads<TContext> {
  /** Returns what is noted when a field is read. Undefined: nothing. */
  ofField(typeName: string, fieldName: string): NotedReads | undefined;
  /** Whether the schema has audited coordinates. */
  readonly exist: boolean;
  /** The operations whose reads are noted. */
  readonly operations: FollowedReads<TContext>['operations'];
  /** Called before the first root field of such an operation. */
  begin(context: TContext, info: GraphQLResolveInfo): void;
  /** Notes the call of a field. @throws {NotAdmittedError} */
  note(noted: NotedReads, call: NotedCall<TContext>): void;
}

interface NotedCall<TContext> {
  readonly source: unknown;
  readonly context: TContext;
  readonly info: GraphQLResolveInfo;
}

export function createNoteReads<TContext>(
  places: AuditedPlaces,
  followed: FollowedReads<TContext>,
): NoteReads<TContext> {
  return {
    ofField(typeName, fieldName) {
      const noted = places.ofField(typeName, fieldName);
      return noted && { ...noted, notesOf: followed.notesOfOperation };
    },
    exist: places.exist,
    operations: followed.operations,
    begin: followed.begin,
    note(noted, { source, context, info }) {
      const { path, parentType, fieldName } = info;
      const notes = followed.notesOf(context, info);
      if (notes === undefined) {
        if (noted.places.length === 0) return;
        throw new NotAdmittedError(`${parentType.name}.${fieldName}`);
      }
      const key = String(path.key);
      for (const place of noted.places) notes.call({ place, key }, source, path.prev);
      if (noted.carries) notes.carry(source, path.prev);
    },
  };
}

/** An audited field was executed in an operation that `createAdmit` has not admitted. For logs. */
class NotAdmittedError extends Error {
  override readonly name = 'NotAdmittedError';

  constructor(coordinate: string) {
    super(
      `${coordinate}: reads of it are recorded, and its operation was not authorized: ` +
        'authorize each operation with a context object of its own',
    );
  }
}
