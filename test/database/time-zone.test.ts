import { describe, expect, it } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { asAdmin, createPostgresDatabase, migrationsDirectory } from '../support/test-database.ts';

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'a PostgreSQL whose own time zone is not UTC',
  () => {
    it('keeps moments as they are', async () => {
      const { url, drop } = await createPostgresDatabase();
      const name = new URL(url).pathname.slice(1);
      await asAdmin((admin) => admin.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Tokyo'`));
      const connection = connectPostgres({ url, onPoolError: () => {} });
      try {
        await migrate({ connection, migrationsDirectory });
        const at = new Date('2026-07-01T12:00:00.000Z');
        const { id } = await connection.database.auditEvent.create({
          data: { at, action: 'a.b' },
        });
        const found = await connection.database.$queryRaw`
          SELECT at AT TIME ZONE 'UTC' = '2026-07-01 12:00:00'::timestamp AS "isNoon"
          FROM gatehouse.audit_events WHERE id = ${id}::uuid`;
        expect(found).toEqual([{ isNoon: true }]);
      } finally {
        await connection.close();
        await drop();
      }
    });
  },
);
