// Generating the client needs no schema engine; naming any existing file keeps the Prisma CLI from
// downloading one. It is never run: migrations are applied in process (src/database/migrations/migrate.ts).
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
};
