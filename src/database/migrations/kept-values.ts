import type { StoredColumn } from './stored-columns.ts';

type StoredType = Pick<StoredColumn, 'typeName' | 'limits'>;

/** The types that have every value of a type, apart from `text`, which has those of all. */
const widerTypes: Readonly<Record<string, readonly string[]>> = {
  int2: ['int4', 'int8', 'float4', 'float8', 'numeric'],
  int4: ['int8', 'float8', 'numeric'],
  int8: ['numeric'],
  float4: ['float8'],
  date: ['timestamp', 'timestamptz'],
  timestamp: ['timestamptz'],
  jsonb: ['json'],
};

const texts = ['text', 'varchar', 'bpchar'];

/** Whether a column keeps all its values when its type changes. Pure. */
export function keepsValues(before: StoredType, after: StoredType): boolean {
  const [from, to] = [before, after].map(toKind);
  if (from === undefined || to === undefined) return false;
  if (texts.includes(to.name)) {
    return to.limits === -1 || (texts.includes(from.name) && !isNarrower(from, to));
  }
  if (from.name === to.name) return !isNarrower(from, to);
  return widerTypes[from.name]?.includes(to.name) === true;
}

interface Kind {
  readonly name: string;
  readonly limits: number;
}

/** An array has the values of its elements. */
const toKind = ({ typeName, limits }: StoredType): Kind => ({
  name: (typeName ?? '').replace(/^_/, ''),
  limits: limits ?? -1,
});

function isNarrower(from: Kind, to: Kind): boolean {
  if (to.limits === -1) return false;
  if (from.limits === -1) return true;
  return to.name === 'numeric'
    ? scaleOf(to) < scaleOf(from) || digitsOf(to) < digitsOf(from)
    : to.limits < from.limits;
}

/** The header of a value, which PostgreSQL adds to limits. */
const headerBytes = 4;

/** The digits of a `numeric` after its point. */
const scaleOf = ({ limits }: Kind): number => (limits - headerBytes) & 0x7ff;

/** The digits of a `numeric` before its point. */
const digitsOf = (kind: Kind): number => ((kind.limits - headerBytes) >> 16) - scaleOf(kind);
