/** Whether a cell of the access matrix admits a viewer, or shows a row, that it did not before. Both as text without marks of code. Pure. */
export function opensCell(before: string, after: string): boolean {
  const now = limitsOf(after);
  return limitsOf(before).some((limit) => !now.some((each) => holds(each, limit)));
}

/** Whether a requirement in SDL notation has lost clauses and got none. Pure. */
export function opensRequirement(before: string, after: string): boolean {
  const [old, now] = [clausesOf(before), clausesOf(after)];
  return now.every((clause) => old.includes(clause)) && old.some((clause) => !now.includes(clause));
}

const clausesOf = (requirement: string): readonly string[] =>
  requirement.split(/(?=@auth)/).flatMap((clause) => {
    const text = clause.trim();
    return text.startsWith('@auth') ? [text] : [];
  });

/** What a cell asks for. All limits of a cell have to be met. */
type Limit =
  | { readonly kind: 'no' | 'readable' }
  /** One of the names is enough. */
  | { readonly kind: 'policies' | 'rows' | 'exists' | 'of'; readonly names: readonly string[] }
  | { readonly kind: 'factors' | 's'; readonly count: number };

/** Whether who meets `limit` meets `other` too. */
function holds(limit: Limit, other: Limit): boolean {
  if (limit.kind === 'no') return true;
  if ('names' in limit && 'names' in other) {
    return limit.kind === other.kind && limit.names.every((name) => other.names.includes(name));
  }
  if ('count' in limit && 'count' in other) {
    if (limit.kind !== other.kind) return false;
    return limit.kind === 's' ? limit.count <= other.count : limit.count >= other.count;
  }
  return limit.kind === other.kind;
}

/** Parts of a cell without a limit. */
const unlimited = ['', '(as its parent)', 'yes', 'all'];

function limitsOf(cell: string): readonly Limit[] {
  const limits: Limit[] = [];
  // The types of `exists` are separated as the parts are.
  for (const part of cell.split(/, (?=rows: |exists: |of |\d)/)) {
    const [, count, kind] = /^(\d+) (factor|s)/.exec(part) ?? [];
    if (part === 'no' || part === 'readable') limits.push({ kind: part });
    else if (count !== undefined) {
      limits.push({ kind: kind === 's' ? 's' : 'factors', count: Number(count) });
    } else if (/^(exists:|of) /.test(part)) {
      const kind = part.startsWith('of ') ? 'of' : 'exists';
      const names = part.slice(part.indexOf(' ') + 1).split(', ');
      limits.push(...names.map((name) => ({ kind, names: [name] }) as const));
    } else if (!unlimited.includes(part)) {
      const ofRows = part.startsWith('rows: ');
      const lists = (ofRows ? part.slice('rows: '.length) : part).split(' and ');
      limits.push(
        ...lists.map((list) => ({
          kind: ofRows ? ('rows' as const) : ('policies' as const),
          names: list.replaceAll(/[()]/g, '').split(' or '),
        })),
      );
    }
  }
  return limits;
}
