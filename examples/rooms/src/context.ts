import type { GatehouseContext } from 'graphql-gatehouse';
import type { PrismaClient, Room } from './generated/prisma/client.ts';
import type { SchemaTypes } from './generated/resolver-types.ts';

/** The loaders of this project. */
export interface Load {
  rooms(id: string): Promise<Room | null>;
}

export type Context = GatehouseContext<PrismaClient, Load, SchemaTypes>;
