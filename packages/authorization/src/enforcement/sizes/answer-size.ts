import type { GraphQLResolveInfo } from 'graphql';
import { responsePathAsArray } from 'graphql';
import { executionKeyOf } from '../calls/execution.ts';
import { rejected } from '../calls/promises.ts';
import { AnswerTooLargeError } from './answer-too-large-error.ts';
import { ExecutionQueue, ItemQuota } from './item-quota.ts';

type Path = GraphQLResolveInfo['path'];

/** How much one execution may deliver. */
export interface AnswerLimits {
  /**
   * The maximum number of values in one answer: fields, items of lists, and what is inside the values of custom scalars.
   * Default: 100,000.
   */
  readonly maxAnswerValues?: number;
  /** The maximum number of characters in one answer: texts, ids, enum values and keys. Default: 10,000,000. */
  readonly maxAnswerCharacters?: number;
}

type RequiredLimits = Required<AnswerLimits>;

/** An answer of 100,000 values takes about 0.1 s of processor time, and 10 million characters about as long to write. */
export const defaultAnswerLimits: RequiredLimits = {
  maxAnswerValues: 100_000,
  maxAnswerCharacters: 10_000_000,
};

/** What the executions on one schema share. */
interface SharedLimits extends RequiredLimits {
  readonly queue: ExecutionQueue;
}

/** The size of the answer of one execution so far. */
export class AnswerSize {
  values = 0;
  characters = 0;
  /** Set when a limit is exceeded: the execution ends. */
  error: AnswerTooLargeError | undefined = undefined;
  /** Whether the compiled execution counts. Otherwise the guards count what graphql-js executes. */
  readonly isCompiled: boolean;
  // Compared for each object: those of `shared` would take longer.
  #maxValues: number;
  readonly #maxCharacters: number;
  readonly #shared: SharedLimits;
  #items = 0;
  #quota: ItemQuota | undefined = undefined;

  constructor(shared: SharedLimits, isCompiled: boolean) {
    this.isCompiled = isCompiled;
    this.#maxValues = shared.maxAnswerValues;
    this.#maxCharacters = shared.maxAnswerCharacters;
    this.#shared = shared;
  }

  get quota(): ItemQuota {
    this.#quota ??= new ItemQuota(this.#shared.queue);
    return this.#quota;
  }

  /**
   * @param path where the values are. Undefined: the executor adds the path to the error.
   * @throws {AnswerTooLargeError} when a limit is exceeded, or was before.
   */
  add(values: number, characters: number, path?: Path): void {
    this.values += values;
    this.characters += characters;
    if (this.values > this.#maxValues || this.characters > this.#maxCharacters) {
      throw this.#refuse(path);
    }
  }

  /**
   * Adds the items of a list that a resolver has returned, before anything examines them: however they are counted later,
   * an answer has more values. Returns the error that ends the execution.
   */
  addItems(items: number, path: Path | undefined): AnswerTooLargeError | undefined {
    this.#items += items;
    return this.#items > this.#maxValues ? this.#refuse(path) : undefined;
  }

  /**
   * Adds the text of a field whose object was counted. Returns the error that ends the execution; undefined once it has
   * ended: nothing is missing.
   */
  addText(characters: number): AnswerTooLargeError | undefined {
    this.characters += characters;
    const isExceeded = this.characters > this.#maxCharacters && this.error === undefined;
    return isExceeded ? this.#refuse(undefined) : undefined;
  }

  /** Ends the execution for a limit that was exceeded elsewhere, such as in a resolver. */
  end({ exceeded }: AnswerTooLargeError, path: Path | undefined): AnswerTooLargeError {
    if (this.error !== undefined) return this.error;
    this.error = new AnswerTooLargeError({
      ...exceeded,
      path: path && responsePathAsArray(path),
    });
    // Whatever is added afterwards is too much.
    this.#maxValues = -1;
    return this.error;
  }

  #refuse(path: Path | undefined): AnswerTooLargeError {
    if (this.error !== undefined) return this.error;
    const { maxAnswerValues, maxAnswerCharacters } = this.#shared;
    const exceeded =
      Math.max(this.values, this.#items) > maxAnswerValues
        ? ({ reason: 'ANSWER_VALUES', limit: maxAnswerValues } as const)
        : ({ reason: 'ANSWER_CHARACTERS', limit: maxAnswerCharacters } as const);
    return this.end(new AnswerTooLargeError(exceeded), path);
  }
}

/** The property of a resolver's `info` that has the size of a compiled execution. */
export const ownSize = Symbol('size of the answer');

interface FieldInfo extends Pick<GraphQLResolveInfo, 'operation' | 'variableValues' | 'path'> {
  readonly [ownSize]?: AnswerSize;
}

/** The sizes of the executions on one schema. */
export interface AnswerSizes {
  /** Returns an empty size for a compiled execution. */
  begin(): AnswerSize;
  /** Returns the size of the execution of a field. */
  of(info: FieldInfo): AnswerSize;
  /** Adds a text of an object that was counted. Returns the text, or a rejected promise that ends the execution. */
  addText(text: string, info: FieldInfo): string | Promise<never>;
}

/** All refusals of a query share one error with a path. Those of a mutation say which parts of its answer are missing. */
export const placeOf = ({ operation, path }: FieldInfo): Path | undefined =>
  operation.operation === 'query' ? path : undefined;

const resolved = Promise.resolve();

export function createAnswerSizes(options: AnswerLimits): AnswerSizes {
  const limits = {
    maxAnswerValues: options.maxAnswerValues ?? defaultAnswerLimits.maxAnswerValues,
    maxAnswerCharacters: options.maxAnswerCharacters ?? defaultAnswerLimits.maxAnswerCharacters,
  };
  const shared = { ...limits, queue: new ExecutionQueue() };
  const running = new WeakMap<object, AnswerSize>();
  // Most fields belong to the execution of the field before. It is remembered until the current synchronous code returns.
  let lastKey: object | undefined;
  let last: AnswerSize | undefined;
  const forget = (): void => {
    lastKey = undefined;
    last = undefined;
  };

  function find(key: object): AnswerSize {
    const known = running.get(key);
    if (known !== undefined) return known;
    const size = new AnswerSize(shared, false);
    running.set(key, size);
    return size;
  }

  function of(info: FieldInfo): AnswerSize {
    const own = info[ownSize];
    if (own !== undefined) return own;
    const key = executionKeyOf(info);
    if (last !== undefined && key === lastKey) return last;
    if (lastKey === undefined) void resolved.then(forget);
    lastKey = key;
    last = find(key);
    return last;
  }

  return {
    begin: () => new AnswerSize(shared, true),
    of,
    addText(text, info) {
      const size = of(info);
      const error = size.isCompiled ? undefined : size.addText(text.length);
      return error === undefined ? text : rejected(error);
    },
  };
}
