import type { GatehouseContext } from 'gatehouse';
import type { PrismaClient, Room, RoomEntry } from './generated/prisma/client.ts';

/** One page of one room's entries. */
export interface EntriesKey {
  readonly roomId: string;
  readonly limit: number;
  readonly afterId: string | undefined;
}

/** The loaders of this project. */
export interface Load {
  rooms(id: string): Promise<Room | null>;
  /** Latest first; one more than the page holds, if there is one. */
  roomEntries(key: EntriesKey): Promise<readonly RoomEntry[]>;
}

export type Context = GatehouseContext<PrismaClient, Load>;
