import { afterEach, describe, expect, it } from 'vitest';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { readEventTables } from '../../src/database/events/event-tables.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { migrationsDirectory } from '../../src/schema/packages/histories.ts';
import { databaseKinds } from './databases.ts';

const triggerOn = (table: string, topic = table, event = 'INSERT') =>
  `CREATE TRIGGER notify AFTER ${event} ON ${table} FOR EACH ROW EXECUTE FUNCTION gatehouse.notify_inserts('${topic}');`;

describe.each(databaseKinds)('tables of events on a database of kind $kind', ({ connectEmpty }) => {
  let connection: DatabaseConnection;
  afterEach(() => connection.close());

  it('are missing, silent, or send their rows', async () => {
    connection = await connectEmpty();
    const { migrations } = connection;
    await migrate({ connection, migrationsDirectory });
    await migrations.exclusively(0, ({ run }) =>
      run(`CREATE TABLE public.sent (id UUID); CREATE TABLE public.paid (id UUID, at DATE);
        CREATE TABLE public.silent (id UUID); CREATE TABLE public.off (id UUID); CREATE TABLE public.parts (id UUID) PARTITION BY HASH (id);
        ${triggerOn('public.sent', 'sent')} ${triggerOn('public.paid', 'paid', 'UPDATE OF at')}
        ${triggerOn('public.silent', 'sent')} ${triggerOn('public.parts')}
        ${triggerOn('public.off')} ALTER TABLE public.off DISABLE TRIGGER notify;
        CREATE TABLE public.bare (id UUID); CREATE VIEW public.seen AS SELECT * FROM public.sent`),
    );
    const tables = [
      'gatehouse.audit_events',
      'sent',
      'paid',
      'public.parts',
      'silent',
      'off',
      'bare',
    ];
    expect(await readEventTables(migrations, [...tables, 'seen', 'other.sent', "o'x"])).toEqual({
      missing: expect.arrayContaining(['seen', 'other.sent', "o'x"]),
      silent: ['bare', 'off', 'silent'],
    });
    await migrations.exclusively(0, ({ run }) =>
      run(
        'DROP TABLE public.parts, public.paid, public.silent, public.off, public.bare; DROP TABLE public.sent CASCADE',
      ),
    );
  });
});
