import { GatehouseError } from '@graphql-gatehouse/client';
import {
  createContext,
  type FormEvent,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { explain } from './explain.ts';

/** What was wrong with a form. */
interface FormProblem {
  readonly message: string;
  /** The field that it belongs to. Absent: the whole form. */
  readonly field?: string;
}

const Problem = createContext<FormProblem | undefined>(undefined);

/** Returns what was wrong with a field. */
export function useFieldProblem(name: string): string | undefined {
  const problem = useContext(Problem);
  return problem?.field === name ? problem.message : undefined;
}

interface FormProps {
  /** The name of the button. */
  readonly action: string;
  /** Sends the form. `read` returns the value of a field. */
  readonly onSend: (read: (name: string) => string) => Promise<unknown>;
  readonly children: ReactNode;
}

/**
 * A form whose fields are named like the arguments of the API: an error that names an argument is shown beside its field,
 * which takes the focus. A form that was sent is empty again.
 */
export function Form({ action, onSend, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<FormProblem>();
  const [isRunning, setIsRunning] = useState(false);

  useEffect(() => {
    const { field } = problem ?? {};
    if (field !== undefined) findField(form.current, field)?.focus();
  }, [problem]);

  async function send(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (isRunning) return;
    const values = new FormData(event.currentTarget);
    setIsRunning(true);
    setProblem(undefined);
    try {
      await onSend((name) => String(values.get(name) ?? ''));
      form.current?.reset();
    } catch (error) {
      const field = argumentOf(error);
      const isShown = field !== undefined && findField(form.current, field) !== undefined;
      setProblem({ message: explain(error), ...(isShown && { field }) });
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <Problem value={problem}>
      <form ref={form} className="form" onSubmit={send}>
        {children}
        <button type="submit" className="main" aria-disabled={isRunning}>
          {action}
        </button>
        <p className="problem" role="alert">
          {problem?.field === undefined && problem?.message}
        </p>
      </form>
    </Problem>
  );
}

function findField(form: HTMLFormElement | null, name: string): HTMLInputElement | undefined {
  const found = form?.elements.namedItem(name);
  return found instanceof HTMLInputElement ? found : undefined;
}

/** Returns the argument that an error names. */
function argumentOf(error: unknown): string | undefined {
  if (!(error instanceof GatehouseError)) return undefined;
  const argument = error.answer.errors?.[0]?.extensions?.argument;
  return typeof argument === 'string' ? argument : undefined;
}
