import { GatehouseError } from '@graphql-gatehouse/client';
import { createContext, useContext } from 'react';

/** What was wrong with one field of a form. */
interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

export const FieldProblems = createContext<FieldProblem | undefined>(undefined);

/** Returns what was wrong with a field, which messages of the server name as an argument. */
export function useFieldProblem(name: string | undefined, label: string): string | undefined {
  const problem = useContext(FieldProblems);
  if (problem === undefined || problem.field !== name) return undefined;
  return problem.message.replaceAll(new RegExp(`\`(?:\\w+\\.)*${problem.field}\``, 'g'), label);
}

/** Finds the field of a form that is named like the argument which an error names, without the input types around it. */
export function findField(
  form: HTMLFormElement | null,
  error: unknown,
): { readonly input: HTMLInputElement; readonly problem: FieldProblem } | undefined {
  if (!(error instanceof GatehouseError)) return undefined;
  const argument = error.answer.errors?.[0]?.extensions?.argument;
  if (typeof argument !== 'string') return undefined;
  const field = argument.slice(argument.lastIndexOf('.') + 1);
  const input = form?.elements.namedItem(field);
  return input instanceof HTMLInputElement && input.type !== 'checkbox'
    ? { input, problem: { field, message: error.message } }
    : undefined;
}
