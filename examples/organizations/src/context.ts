import type { GatehouseContext } from 'graphql-gatehouse';
import type { PrismaClient } from './generated/prisma/client.ts';

export type Context = GatehouseContext<PrismaClient>;
