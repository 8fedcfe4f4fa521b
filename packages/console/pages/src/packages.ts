import { fetchData } from './fetch-data.ts';
import { gatehouse } from './gatehouse.ts';
import { graphql } from './generated/index.ts';

/** The root fields that the viewer may call. */
export const AccessDocument = graphql(`
  query Access {
    viewer { access }
  }
`);

/** A field of a package that a server need not have: one that every viewer may call, or the one that is asked for. */
const markers = {
  factors: 'Query.passkeyOptions',
  mail: 'Mutation.requestPasswordReset',
  operations: 'Query.consoleOperations',
  providers: 'Query.providers',
  rights: 'Query.consoleUnusedRights',
} as const;

export type OptionalPackage = keyof typeof markers;

let access: { readonly of: string; readonly fields: Promise<ReadonlySet<string>> } | undefined;

/** Whether the server has a package. The fields of one that it lacks are unknown there, and must not be asked about. */
export async function hasPackage(name: OptionalPackage): Promise<boolean> {
  const { principal, groups } = gatehouse.viewer();
  const of = `${principal?.id} ${groups}`;
  // Another viewer, or one with other groups, may call other fields.
  if (access?.of !== of) access = { of, fields: readAccess() };
  return (await access.fields).has(markers[name]);
}

async function readAccess(): Promise<ReadonlySet<string>> {
  try {
    const { viewer } = await fetchData(AccessDocument, {});
    return new Set(viewer.access);
  } catch (error) {
    access = undefined;
    throw error;
  }
}
