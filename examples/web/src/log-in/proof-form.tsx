import { type FormEvent, useId, useState } from 'react';
import { explainLogIn } from './explain-log-in.ts';
import type { ProofField } from './factor-form.tsx';

interface ProofFormProps {
  readonly field: ProofField;
  readonly onProof: (value: string) => Promise<void>;
}

/** A form with one field, which shows why the value was refused. */
export function ProofForm({ field, onProof }: ProofFormProps) {
  const id = useId();
  const [problem, setProblem] = useState<string>();
  const [isRunning, setIsRunning] = useState(false);

  async function prove(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (isRunning) return;
    const value = String(new FormData(event.currentTarget).get(field.name)).trim();
    setIsRunning(true);
    setProblem(undefined);
    try {
      await onProof(value);
    } catch (error) {
      setProblem(explainLogIn(error));
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <form className="proof" onSubmit={prove}>
      <label htmlFor={id}>{field.label}</label>
      <input
        id={id}
        name={field.name}
        required
        aria-describedby={`${id}-problem`}
        {...field.input}
      />
      <button type="submit" className="main" aria-disabled={isRunning}>
        Log in
      </button>
      <p className="problem" role="alert" id={`${id}-problem`}>
        {problem}
      </p>
    </form>
  );
}
