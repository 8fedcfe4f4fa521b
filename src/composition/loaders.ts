import type { Domain, LoaderDefinition } from './domain.ts';
import { createLoader } from './loader.ts';

/** What loaders read with. */
export interface LoaderContext {
  readonly db: object;
}

/** Loaders by name. */
export type Load = Readonly<Record<string, (key: never) => Promise<unknown>>>;

/** Makes the loaders of all domains, by name. One of each in a process: they batch over requests. */
export const createLoad = (domains: readonly Domain[], context: LoaderContext): Load =>
  Object.fromEntries(
    domains.flatMap(({ loaders = {} }) =>
      Object.entries(loaders).map(([name, definition]) => [name, toLoad(definition, context)]),
    ),
  );

function toLoad(definition: LoaderDefinition, context: LoaderContext): Load[string] {
  if ('batch' in definition) {
    const loader = createLoader<never, unknown>((keys) => definition.batch(keys, context));
    return (key) => loader.load(key);
  }
  const { key = 'id' } = definition;
  const read = 'one' in definition ? definition.one : definition.many;
  const isSingle = 'one' in definition;
  const loader = createLoader<string, unknown>(async (ids) => {
    const rows = await read([...new Set(ids)], context);
    const byKey = new Map<unknown, object[]>();
    for (const row of rows) {
      const id = new Map<string, unknown>(Object.entries(row)).get(key);
      byKey.set(id, [...(byKey.get(id) ?? []), row]);
    }
    return ids.map((id) => {
      // Ids are sent in any spelling, and kept in lower case.
      const found = byKey.get(id) ?? byKey.get(id.toLowerCase()) ?? [];
      return isSingle ? (found[0] ?? null) : found;
    });
  });
  return (id: string) => loader.load(id);
}
