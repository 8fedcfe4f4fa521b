import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import {
  concatAST,
  type DocumentNode,
  GraphQLError,
  Kind,
  parse,
  Source,
  separateOperations,
} from 'graphql';
import { readPersistedTexts } from './persisted-texts.ts';

/** One named operation, and the fragments that it uses. */
export interface FileOperation {
  readonly name: string;
  readonly document: DocumentNode;
}

export interface OperationFile {
  /** Its path from the project's folder. */
  readonly name: string;
  readonly operations: readonly FileOperation[];
}

/** Operations, and a line for each mistake in their files. */
export interface ReadOperations {
  readonly files: readonly OperationFile[];
  readonly problems: readonly string[];
}

/**
 * Reads operations: of folders, all `.graphql` and `.gql` files, which share their fragments; of files, also persisted
 * documents in JSON. Reports what cannot be read, syntax errors, operations without a name, and names and fragments that
 * occur twice, as problems.
 *
 * @param paths files and folders.
 * @param directory the folder that names are relative to.
 */
export function readOperationFiles(paths: readonly string[], directory: string): ReadOperations {
  const problems: string[] = [];
  const files = paths.map((path): OperationFile => {
    const name = relative(directory, path).split(sep).join('/');
    try {
      const documents = textsOf(path, name).flatMap((source) => parseText(source, problems));
      problems.push(...findClashes(name, documents));
      return { name, operations: separate(documents, path) };
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return { name, operations: [] };
    }
  });
  return { files, problems };
}

/** Whether the line of a source is one of its file, as it is not of a text in JSON. */
export const hasLines = ({ name }: Source): boolean => isGraphql(name);

const isGraphql = (path: string): boolean => ['.graphql', '.gql'].includes(extname(path));

/** Reads the texts of a file or folder. @throws {Error} */
function textsOf(path: string, name: string): readonly Source[] {
  if (statSync(path).isDirectory()) {
    const inside = readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter(isGraphql)
      .sort();
    if (inside.length === 0) throw new Error('the folder has no .graphql file');
    return inside.map(
      (each) =>
        new Source(readFileSync(join(path, each), 'utf8'), `${name}/${each.split(sep).join('/')}`),
    );
  }
  const text = readFileSync(path, 'utf8');
  return isGraphql(path)
    ? [new Source(text, name)]
    : readPersistedTexts(text).map((each) => new Source(each.text, name));
}

function parseText(source: Source, problems: string[]): readonly DocumentNode[] {
  try {
    return [parse(source)];
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [{ line, column } = { line: 1, column: 1 }] = error.locations ?? [];
    const place = hasLines(source) ? `:${line}:${column}` : '';
    problems.push(`${source.name}${place}: ${error.message}`);
    return [];
  }
}

function findClashes(file: string, documents: readonly DocumentNode[]): readonly string[] {
  const known = new Set<string>();
  const problems: string[] = [];
  for (const definition of documents.flatMap(({ definitions }) => definitions)) {
    const isOperation = definition.kind === Kind.OPERATION_DEFINITION;
    if (!isOperation && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const name = definition.name?.value;
    // Each persisted text has the fragments that it uses.
    const isShared = !isOperation && !file.endsWith('.json');
    const kind = isOperation ? 'operations' : 'fragments';
    if (name === undefined) {
      problems.push(`${file}: an operation has no name: give it one, by which it is listed`);
    } else if ((isOperation || isShared) && known.has(`${kind} ${name}`)) {
      problems.push(`${file}: two ${kind} are named ${name}`);
    }
    known.add(`${kind} ${name}`);
  }
  return problems;
}

/** Splits documents into one for each named operation. Persisted texts do not share their fragments. */
function separate(documents: readonly DocumentNode[], path: string): readonly FileOperation[] {
  const wholes = path.endsWith('.json') ? documents : [concatAST(documents)];
  return wholes
    .flatMap((document) => Object.entries(separateOperations(document)))
    .filter(([name]) => name !== '')
    .map(([name, document]) => ({ name, document }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}
