import type { GatehouseContext } from 'gatehouse';
import type { PrismaClient } from './generated/prisma/client.ts';

export type Context = GatehouseContext<PrismaClient>;
