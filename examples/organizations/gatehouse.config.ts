import { defineConfig } from 'graphql-gatehouse';
import { PrismaClient } from './src/generated/prisma/client.ts';
import { organizations } from './src/organization/organization.ts';
import { projects } from './src/project/project.ts';

export default defineConfig({
  domains: [organizations, projects],
  database: ({ adapter }) => new PrismaClient({ adapter }),
});
