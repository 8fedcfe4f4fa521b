import { gatehouseConsole } from '@graphql-gatehouse/console';
import { nats } from '@graphql-gatehouse/nats';
import { operations } from '@graphql-gatehouse/operations';
import { redis } from '@graphql-gatehouse/redis';
import { rights } from '@graphql-gatehouse/rights';
import { defineConfig } from 'graphql-gatehouse';
import { PrismaClient } from './src/generated/prisma/client.ts';
import { rooms } from './src/room/room.ts';

export default defineConfig({
  domains: [rooms],
  packages: [gatehouseConsole(), nats(), operations({ files: ['documents'] }), redis(), rights()],
  database: ({ adapter }) => new PrismaClient({ adapter }),
  newUserGroups: ['STAFF'],
  guards: {
    'Query.users': ['ADMIN', 'AUDITOR', 'MANAGER'],
    'Mutation.createUser': ['ADMIN', 'MANAGER'],
  },
  accepts: {
    'Query.room(id:)': 'every viewer may see which rooms there are',
    'Mutation.enterRoom(id:)': 'ROOM_MEMBER reads the room',
    'Mutation.createUser': 'managers make accounts for new staff',
  },
});
