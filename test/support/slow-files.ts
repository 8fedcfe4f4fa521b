/**
 * The files that take longest, the slowest first. On a clean checkout Vitest starts large files first, and these are
 * short: one that starts last leaves the other core without work.
 */
export const slowFiles = [
  'test/guides/guides.test.ts',
  'test/packages/create-graphql-gatehouse.test.ts',
  'test/cli/serve.test.ts',
  'test/clients/reconnect.test.ts',
  'test/browser/front-end-guide.test.ts',
  'test/browser/other-origins.test.ts',
  'test/browser/altair.test.ts',
  'test/browser/log-in.test.ts',
  'test/authorization/properties.test.ts',
  'test/packages/package.test.ts',
  'test/cli/serve-stop.test.ts',
  'test/cli/project-commands.test.ts',
  'test/cli/serve-postgresql.test.ts',
  'test/cli/access.test.ts',
  'test/cli/refresh-nodes.test.ts',
  'test/cli/history.test.ts',
  'test/cli/factors-kill.test.ts',
  'test/cli/providers-kill.test.ts',
  'test/cli/mail-kill.test.ts',
  'test/cli/key-rotation.test.ts',
  'test/cli/factors-races.test.ts',
  'test/cli/subscription-nodes.test.ts',
  'test/cli/faults.test.ts',
  'test/packages/packed-contracts.test.ts',
];

/** A test file of a project of Vitest. */
export interface ProjectFile {
  readonly project: unknown;
  /** Relative to the repository. */
  readonly path: string;
}

/**
 * Puts the slow files of each project before its other files, which keep their order, as projects do: a worker belongs
 * to one project, and is used again only when the next file is of the same.
 */
export function orderSlowFirst<File extends ProjectFile>(files: readonly File[]): readonly File[] {
  const projects = [...new Set(files.map(({ project }) => project))];
  return projects.flatMap((project) =>
    files
      .filter((file) => file.project === project)
      .sort((a, b) => rankOf(a.path) - rankOf(b.path)),
  );
}

function rankOf(path: string): number {
  const rank = slowFiles.indexOf(path);
  return rank === -1 ? slowFiles.length : rank;
}
