import { fetchData } from '../fetch-data.ts';
import { PersonDocument } from './person-documents.ts';

/** Reads a user now, past what the page keeps. Undefined: it is gone. */
export const readPerson = async (id: string, withMemberships = false) =>
  (await fetchData(PersonDocument, { id, withMemberships })).user ?? undefined;
