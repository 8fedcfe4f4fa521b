// Generating the client needs no schema engine; naming any existing file keeps the Prisma CLI from
// downloading one. It is never run: `gatehouse migrate` works in process.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Gatehouse migrates its own tables.
  experimental: { externalTables: true },
  tables: { external: ['gatehouse.users'] },
};
