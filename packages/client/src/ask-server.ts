import type { Outcome } from '@graphql-gatehouse/authorization/decision';
import type { Answer, Decision, Operation } from './answers.ts';
import type { Connection } from './connection-parts.ts';
import type { DocumentRules } from './documents.ts';

/** Asks the server to decide an operation. Rejects with a `GatehouseError` when it does not. */
export type AskServer = (asked: Asked) => Promise<Outcome>;

/** The rules of a document, which are one object, its text, and the variables. */
interface Asked {
  readonly rules: DocumentRules;
  readonly query: string;
  readonly variables: object | undefined;
}

/** A question that waits for its answer. */
interface Question extends Asked {
  /** Questions about one document with the same shape have the same answer, but for refusals. */
  readonly shape: string;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** Questions about one document, at least one. */
type Questions = readonly [Question, ...Question[]];

/** The most questions in one request: as many fields of a root type has an operation by default. */
const maxTogether = 10;

/** The most refusals that an answer lists. */
const maxListed = 20;

/** The status of an operation that is too large, or of which one part is wrong: it is asked about in parts. */
const divisible = [400, 413, 500];

interface Parts {
  readonly request: Connection['request'];
  readonly toError: (answer: Answer) => Error;
}

/**
 * Creates the function that asks the server. Questions about one document in the same turn of the event loop are sent
 * as one operation with a field for each.
 */
export function create({ request, toError }: Parts): AskServer {
  let waiting: [Question, ...Question[]][] = [];

  async function decide(questions: Questions): Promise<void> {
    const answer = await request(toOperation(questions), { headers: { prefer: 'decide-only' } });
    const decision = answer.extensions?.decision;
    const half = Math.ceil(questions.length / 2);
    if (decision) settle(questions, decision);
    else if (half < questions.length && divisible.includes(answer.status)) {
      send(questions.slice(0, half));
      send(questions.slice(half));
    } else throw toError(answer);
  }

  function settle(questions: Questions, decision: Decision): void {
    const { denials = [] } = decision;
    const denied = new Set(
      questions.filter((_, index) =>
        denials.some(({ path }) => questions.length === 1 || isOf(path, index)),
      ),
    );
    const left = questions.filter((question) => !denied.has(question));
    for (const { resolve } of denied)
      resolve(denials.every(isOfProof) ? 'reauthenticate' : 'denied');
    // A server that refuses one has not read the ids of the others.
    const readsIds = questions[0].rules.needs.some(({ at }) => at === '');
    if (denied.size > 0 && (readsIds || denials.length >= maxListed)) send(left);
    else for (const { resolve } of left) resolve(outcomeOf(decision));
  }

  function send([first, ...others]: readonly Question[]): void {
    if (first === undefined) return;
    decide([first, ...others]).catch((error: unknown) => {
      for (const { reject } of [first, ...others]) reject(error);
    });
  }

  function sendAll(): void {
    for (const questions of waiting) send(questions);
    waiting = [];
  }

  function add(question: Question): void {
    if (waiting.length === 0) queueMicrotask(sendAll);
    const { rules, shape } = question;
    const alike = waiting.find(
      ([first, ...others]) =>
        first.rules === rules && first.shape === shape && others.length + 1 < maxTogether,
    );
    if (alike && rules.repeated) alike.push(question);
    else waiting.push([question]);
  }

  return (asked) =>
    new Promise((resolve, reject) => {
      add({ ...asked, shape: shapeOf(asked.variables ?? {}), resolve, reject });
    });
}

/** What coordinates depend on: which values there are, and the conditions. */
const shapeOf = (variables: object): string =>
  JSON.stringify(variables, (_, value) => (/string|number/.test(typeof value) ? 0 : value));

/** Whether a refusal is of the question with this number. */
const isOf = (path: unknown, index: number): boolean =>
  Array.isArray(path) && String(path[0]).endsWith(`_${index}`);

function toOperation(questions: Questions): Operation {
  const [{ rules, query, variables }] = questions;
  const { repeated } = rules;
  if (questions.length === 1 || !repeated) return { query, variables };
  const { head, ...parts } = repeated;
  const all = (text: string) =>
    questions.map((_, index) => text.replaceAll('#', `${index}`)).join(' ');
  return {
    query: `${head}(${all(parts.variables)}){${all(parts.fields)}}${all(parts.fragments)}`,
    variables: Object.fromEntries(
      questions.flatMap((question, index) =>
        Object.entries(question.variables ?? {}).map(([name, value]) => [
          `${name}_${index}`,
          value,
        ]),
      ),
    ),
  };
}

/** Whether the viewer would not be refused if it proved its identity again. */
const isOfProof = ({ code, reason }: Readonly<Record<string, unknown>>): boolean =>
  code === 'UNAUTHENTICATED' && /TOO_OLD|FACTORS/.test(`${reason}`);

const outcomeOf = ({ depends, narrowed }: Decision): Outcome => {
  if (depends?.length) return 'depends';
  return narrowed?.length ? 'narrowed' : 'allowed';
};
