import {
  defineCommand,
  defineDomain,
  type GatehouseContext,
  type SeedContext,
} from 'graphql-gatehouse';
import { expectTypeOf, it } from 'vitest';

/** As a project that has a Prisma client. */
interface Client {
  readonly note: { count(): Promise<number> };
  $transaction<R>(work: (tx: this) => Promise<R>): Promise<R>;
}
type ProjectContext = GatehouseContext<Client>;

it('the values of a command have the declared types', () => {
  const importNotes = defineCommand({
    description: 'import notes',
    arguments: {
      file: { type: 'string', description: 'the file' },
      page: { type: 'number', description: 'the page', required: false },
      more: { type: 'number', description: 'more pages', required: false, variadic: true },
    },
    options: {
      rowLimit: { type: 'number', description: 'the most rows', default: 100 },
      author: { type: 'string', description: 'who wrote them' },
      to: { type: 'string', description: 'where to', required: true },
      dryRun: { type: 'boolean', description: 'only look' },
    },
    run: async ({ db }: SeedContext<ProjectContext>, input) => {
      expectTypeOf(input.file).toEqualTypeOf<string>();
      expectTypeOf(input.page).toEqualTypeOf<number | undefined>();
      expectTypeOf(input.more).toEqualTypeOf<readonly number[]>();
      expectTypeOf(input.rowLimit).toEqualTypeOf<number>();
      expectTypeOf(input.author).toEqualTypeOf<string | undefined>();
      expectTypeOf(input.to).toEqualTypeOf<string>();
      expectTypeOf(input.dryRun).toEqualTypeOf<boolean>();
      expectTypeOf(input).not.toHaveProperty('other');
      return String(await db.note.count());
    },
  });
  const plain = defineCommand({ description: 'do nothing', run: async () => undefined });
  defineDomain<ProjectContext>({
    name: 'note',
    typeDefs: [],
    commands: { 'import-notes': importNotes, plain },
  });
});
