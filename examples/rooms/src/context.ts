import type { GatehouseContext, PageKey } from 'gatehouse';
import type { PrismaClient, Room, RoomEntry } from './generated/prisma/client.ts';

/** The loaders of this project. */
export interface Load {
  rooms(id: string): Promise<Room | null>;
  /** Latest first; one more than the page holds, if there is one. */
  roomEntries(key: PageKey): Promise<readonly RoomEntry[]>;
}

export type Context = GatehouseContext<PrismaClient, Load>;
