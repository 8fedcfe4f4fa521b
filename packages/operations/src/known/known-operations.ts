import { GraphQLError, parse } from 'graphql';
import { NamedError } from 'graphql-gatehouse/package';
import type { PersistedText } from '../registry/persisted-texts.ts';
import { hashOf } from './hash.ts';
import { toNormalForm } from './normal-form.ts';

/** A published version of a front end, as its file is named: `operations/<app>@<version>.json`. */
export interface AppVersion {
  readonly app: string;
  readonly version: string;
}

/** The name of a version, as its file has it. */
export const nameOf = ({ app, version }: AppVersion): string => `${app}@${version}`;

export interface VersionOperations extends AppVersion {
  readonly operations: readonly PersistedText[];
}

/** The versions that hold an operation. Empty for what Gatehouse's own clients send. */
export type Holders = readonly AppVersion[];

/** The operations that are served. */
export interface KnownOperations {
  readonly versions: readonly AppVersion[];
  /** The text of each id. */
  readonly texts: ReadonlyMap<string, string>;
  /** By the text as it is in a file. */
  readonly byText: ReadonlyMap<string, Holders>;
  /** By the SHA-256 of the normal form. */
  readonly byForm: ReadonlyMap<string, Holders>;
}

/** The files of operations cannot be used. Lists every problem. */
export class KnownOperationsError extends NamedError {
  override readonly name = 'KnownOperationsError';

  constructor(problems: readonly string[], options?: ErrorOptions) {
    const [first, ...others] = problems;
    super(
      'invalid-operation-files',
      others.length === 0
        ? `Operations: ${first}`
        : `Operations:\n${problems.map((each) => `  ${each}`).join('\n')}`,
      options,
    );
  }
}

/** The maximum number of different texts of all versions. */
export const maxOperations = 10_000;

/** More problems than these are counted only. */
const maxProblems = 20;

const textsPerTurn = 20;

export interface CollectOptions {
  readonly maxTokens: number;
  /** Texts that are served beside those of the files. */
  readonly builtIn: readonly string[];
  /** The SHA-256 of the normal forms that were computed before, by their texts. */
  readonly forms: Map<string, string>;
  /** Resolves when other work of the process has taken its turn. */
  readonly pause: () => Promise<unknown>;
}

/**
 * Indexes the operations of all versions. Keeps in `forms` what it has parsed.
 *
 * @throws {KnownOperationsError} for too many texts, before it parses any; for texts that cannot be parsed or are too
 *   large, and ids with two texts.
 */
export async function collectOperations(
  versions: readonly VersionOperations[],
  options: CollectOptions,
): Promise<KnownOperations> {
  requireFew(versions);
  const texts = new Map<string, string>();
  const byText = new Map<string, Holders>();
  const byForm = new Map<string, Holders>();
  const forms = new Map<string, string>();
  const problems: string[] = [];
  let count = 0;

  function add(text: string, holder: AppVersion | undefined): void {
    const form = forms.get(text) ?? options.forms.get(text) ?? formOf(text, options.maxTokens);
    forms.set(text, form);
    byText.set(text, join(byText.get(text), holder));
    byForm.set(form, join(byForm.get(form), holder));
  }

  function addOf(version: AppVersion, { id, text }: PersistedText): void {
    const place = `${version.app}@${version.version}.json: ${id}`;
    const other = texts.get(id);
    if (other !== undefined && other !== text) problems.push(`${place}: the id has another text`);
    texts.set(id, text);
    try {
      add(text, version);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      problems.push(`${place}: ${error.message}`);
    }
  }

  for (const text of options.builtIn) add(text, undefined);
  for (const { app, version, operations } of versions) {
    const holder = { app, version };
    for (const operation of operations) {
      addOf(holder, operation);
      count += 1;
      if (count % textsPerTurn === 0) await options.pause();
    }
  }
  requireNone(problems);
  replaceAll(options.forms, forms);
  return { versions: versions.map(toVersion), texts, byText, byForm };
}

const toVersion = ({ app, version }: AppVersion): AppVersion => ({ app, version });

/** @throws {GraphQLError} for a text that cannot be parsed or has too many tokens. */
const formOf = (text: string, maxTokens: number): string =>
  hashOf(toNormalForm(parse(text, { maxTokens })));

const join = (holders: Holders = [], holder: AppVersion | undefined): Holders =>
  holder === undefined || holders.includes(holder) ? holders : [...holders, holder];

/** @throws {KnownOperationsError} */
function requireFew(versions: readonly VersionOperations[]): void {
  const texts = new Set(versions.flatMap(({ operations }) => operations.map(({ text }) => text)));
  if (texts.size <= maxOperations) return;
  throw new KnownOperationsError([`they are more than ${maxOperations.toLocaleString('en')}`]);
}

/** @throws {KnownOperationsError} */
function requireNone(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const more = problems.length - maxProblems;
  throw new KnownOperationsError([
    ...problems.slice(0, maxProblems),
    ...(more > 0 ? [`${more} more problems`] : []),
  ]);
}

/** Forgets texts that no file holds now. */
function replaceAll(target: Map<string, string>, source: ReadonlyMap<string, string>): void {
  target.clear();
  for (const [key, value] of source) target.set(key, value);
}
