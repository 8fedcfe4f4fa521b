import { defineConfig } from 'graphql-gatehouse';
import { PrismaClient } from './src/generated/prisma/client.ts';
import { wards } from './src/ward/ward.ts';

export default defineConfig({
  domains: [wards],
  database: ({ adapter }) => new PrismaClient({ adapter }),
  accepts: {
    'PatientConnection.totalCount': 'it is counted with the filter',
    'NoteConnection.totalCount': 'it is counted with the filter',
    'AddNotePayload.note': 'the change is undone unless the note is visible to the viewer',
  },
});
