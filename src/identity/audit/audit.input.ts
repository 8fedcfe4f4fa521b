import { BadUserInputError } from '../../errors.ts';
import { parseText } from '../../schema/text-input.ts';
import { firstUuidOf, isUuid } from '../../values/uuid.ts';

const actionBounds = { least: 1, most: 65 };

/** Times of recording: from `since` on, and before `until`. Absent and null: no limit. */
export interface AuditTimes {
  readonly since?: Date | null | undefined;
  readonly until?: Date | null | undefined;
}

/** The requested filters. Absent and null: no such filter. */
export interface AuditFilterArguments extends AuditTimes {
  readonly action?: string | null | undefined;
  readonly actorId?: string | null | undefined;
  readonly subjectId?: string | null | undefined;
}

/** A range of ids, which start with the time of recording. */
export interface AuditRange {
  /** The first id of the range. */
  readonly sinceId?: string;
  /** The first id after the range. */
  readonly untilId?: string;
}

export interface ExportArguments extends AuditTimes {
  /** Exports only rows after the one with this id. */
  readonly after?: string | undefined;
}

export interface ExportRange extends AuditRange {
  /** The last id before the range. */
  readonly afterId?: string;
}

/** Which events to read. At most one of the first three is set: each has its own index. */
export interface AuditFilter extends AuditRange {
  readonly action?: string;
  readonly actorId?: string;
  readonly subjectId?: string;
}

/** @throws {BadUserInputError} for more than one of `action`, `actorId` and `subjectId`, and for invalid values. */
export function parseAuditFilter(asked: AuditFilterArguments): AuditFilter {
  const { action, actorId, subjectId } = asked;
  const [, second] = Object.entries({ action, actorId, subjectId }).filter(([, value]) =>
    isGiven(value),
  );
  if (second !== undefined) {
    throw new BadUserInputError(second[0], 'Use only one of `action`, `actorId` and `subjectId`.');
  }
  return {
    ...parseAuditRange(asked),
    ...(isGiven(action) ? { action: parseText('action', action, actionBounds) } : {}),
    ...(isGiven(actorId) ? { actorId: parseId('actorId', actorId) } : {}),
    ...(isGiven(subjectId) ? { subjectId: parseId('subjectId', subjectId) } : {}),
  };
}

/** @throws {BadUserInputError} unless `until` is after `since`. */
function parseAuditRange({ since, until }: AuditTimes): AuditRange {
  if (isGiven(since) && isGiven(until) && until <= since) {
    throw new BadUserInputError('until', '`until` must be after `since`.');
  }
  return {
    ...(isGiven(since) ? { sinceId: firstUuidOf(since) } : {}),
    ...(isGiven(until) ? { untilId: firstUuidOf(until) } : {}),
  };
}

/** The range of an export. `after` is the id of a row. @throws {BadUserInputError} */
export const parseExport = ({ after, ...times }: ExportArguments): ExportRange => ({
  ...parseAuditRange(times),
  ...(after === undefined ? {} : { afterId: parseId('after', after) }),
});

function parseId(argument: string, id: string): string {
  if (!isUuid(id)) throw new BadUserInputError(argument, `\`${argument}\` must be a UUID.`);
  return id.toLowerCase();
}

const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;
