import { embeddedFiles } from './embedded-files.ts';
import { differingFiles, filesByKind, repeatingFiles } from './repeating-files.ts';

/**
 * A part of the tests. `promises` is what `npm test` runs; `repeats` is what `repeating-files.ts` names. Undefined: all,
 * and the API on both kinds of databases, as `npx vitest run FILE` does.
 */
export type Part = 'promises' | 'repeats' | undefined;

/** The files of a project of Vitest, as its options name them. */
export interface ProjectFiles {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The kind of database of the API tests. */
  readonly databaseKind?: 'embedded' | 'postgresql';
}

/** Projects of one folder each: what users get beside the modules of `src`. */
const outside = ['browser', 'cli', 'examples', 'guides', 'packages'] as const;
const filesIn = (folder: string) => `test/${folder}/**/*.test.ts`;
/** Whole servers over HTTP. */
const api = filesIn('api');
/** What attackers get does not depend on the kind of database: on the embedded one alone. */
const attacks = filesIn('attacks');

/** Returns which project runs which files. @param hasPostgres whether a PostgreSQL server was named */
export function projectsOf(part: Part, hasPostgres: boolean): readonly ProjectFiles[] {
  const others = [...outside, 'api', 'attacks', 'proofs'].map(filesIn);
  return [
    ...[
      { name: 'unit', include: ['test/**/*.test.ts'], exclude: others },
      ...outside.map((name) => ({ name, include: [filesIn(name)], exclude: [] })),
    ].map((project) => ofPart(part, project, hasPostgres)),
    ...apiProjects(part, hasPostgres),
  ].filter(({ include }) => include.length > 0);
}

function ofPart(part: Part, project: ProjectFiles, hasPostgres: boolean): ProjectFiles {
  if (part === undefined) return project;
  if (part === 'promises') {
    return { ...project, exclude: [...project.exclude, ...repeatingFiles] };
  }
  const repeats = [...repeatingFiles, ...(hasPostgres ? filesByKind : [])];
  return { ...project, include: repeats.filter((file) => isIn(project, file)) };
}

const isIn = ({ name }: ProjectFiles, file: string): boolean => {
  const folder = [...outside, 'api'].find((each) => file.startsWith(`test/${each}/`)) ?? 'unit';
  return folder === name;
};
const repeatingApi = repeatingFiles.filter((file) => file.startsWith('test/api/'));

const isEmbedded = (file: string) => embeddedFiles.includes(file);

/** The API tests run on PostgreSQL where there is one, and otherwise on the embedded database. */
function apiProjects(part: Part, hasPostgres: boolean): readonly ProjectFiles[] {
  const exclude = part === 'promises' ? repeatingApi : [];
  const embedded = { name: 'api on embedded', databaseKind: 'embedded', exclude } as const;
  const all = { ...embedded, include: part === 'repeats' ? repeatingApi : [api, attacks] };
  if (!hasPostgres) return [all];
  const postgresql = {
    name: 'api on postgresql',
    databaseKind: 'postgresql',
    include: part === 'repeats' ? repeatingApi : [api],
    exclude: [...exclude, ...embeddedFiles],
  } as const;
  if (part === undefined) return [all, postgresql];
  return part === 'promises'
    ? [{ ...embedded, include: [attacks, ...embeddedFiles] }, postgresql]
    : [
        { ...embedded, include: [...differingFiles, ...repeatingApi.filter(isEmbedded)] },
        postgresql,
      ];
}
