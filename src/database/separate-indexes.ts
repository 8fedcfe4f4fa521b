/**
 * Moves the indexes of existing tables out of a generated script, each into a script of its own that builds it
 * CONCURRENTLY: writes go on meanwhile, which otherwise wait for as long as it takes.
 *
 * A unique index stays where a foreign key may need it, or where it replaces another one.
 */
export function separateIndexes(script: string): readonly string[] {
  const parts = script.split(/^(?=-- [A-Z]\w+$)/m);
  const created = new Set(
    [...script.matchAll(/^CREATE (?:UNLOGGED )?TABLE "(\w+)"/gm)].map(([, table]) => table),
  );
  const needsUnique = /^-- (?:AddForeignKey|DropIndex)$/m.test(script);
  const isSeparate = (part: string): boolean => {
    const [, unique, table] = creation.exec(part) ?? [];
    return table !== undefined && !created.has(table) && !(unique && needsUnique);
  };
  const rest = parts.filter((part) => !isSeparate(part)).join('');
  const indexes = parts.filter(isSeparate).map((part) => `${part.trimEnd()}\n`);
  const concurrent = indexes.map((part) => part.replace(/^(CREATE .*?INDEX)/m, '$1 CONCURRENTLY'));
  return [...(rest.trim() === '' ? [] : [`${rest.trimEnd()}\n`]), ...concurrent];
}

const creation = /^-- CreateIndex\nCREATE (UNIQUE )?INDEX "\w+" ON "(\w+)"/;
