import type { RowPolicy } from '@gatehouse/authorization';
import type { Viewer } from '../../authentication/viewer.ts';
import type { Context } from '../../context/context.ts';
import type { DomainPolicy } from './policy.ts';

/**
 * Makes the `where` of each policy throw when its filter has an undefined property, such as the `userId` of an API
 * client. Prisma ignores such a property, and the filter would select all rows.
 */
export const requireCompleteFilters = (
  policies: Readonly<Record<string, DomainPolicy<Context>>>,
): Readonly<Record<string, DomainPolicy<Context>>> =>
  Object.fromEntries(
    Object.entries(policies).map(([name, policy]) => [name, withCompleteFilter(policy)]),
  );

function withCompleteFilter(policy: DomainPolicy<Context>): DomainPolicy<Context> {
  if (typeof policy !== 'object' || typeof policy.where !== 'function') return policy;
  const where: RowPolicy<Viewer, Context>['where'] = (viewer, context) => {
    const filter = policy.where(viewer, context);
    const undefinedPath = findUndefined(filter);
    if (undefinedPath !== undefined) {
      throw new Error(
        `The filter's property ${undefinedPath} is undefined: it would select all rows.`,
      );
    }
    return filter;
  };
  return { ...policy, where };
}

/** Returns the path of the first undefined property in a filter, at any depth. */
function findUndefined(value: unknown, path: readonly string[] = []): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, each] of Object.entries(value)) {
    const here = [...path, key];
    const found = each === undefined ? here.join('.') : findUndefined(each, here);
    if (found !== undefined) return found;
  }
  return undefined;
}
