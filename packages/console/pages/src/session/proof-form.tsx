import { type ComponentProps, type FormEvent, useId, useState } from 'react';
import { explain } from './explain.ts';

/** A field for one kind of proof. */
export interface ProofField {
  /** The field of the input `Proof`. */
  readonly name: string;
  readonly label: string;
  readonly input: ComponentProps<'input'>;
}

export const passwordField: ProofField = {
  name: 'password',
  label: 'Password',
  input: { type: 'password', autoComplete: 'current-password' },
};

interface ProofFormProps {
  readonly field: ProofField;
  readonly action: string;
  readonly onProof: (value: string) => Promise<void>;
}

/** A form for one proof, which shows why it was refused. */
export function ProofForm({ field, action, onProof }: ProofFormProps) {
  const id = useId();
  const [problem, setProblem] = useState<string>();
  const [isRunning, setIsRunning] = useState(false);

  async function prove(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (isRunning) return;
    const typed = String(new FormData(event.currentTarget).get(field.name));
    // A password may begin or end with spaces.
    const value = field.input.type === 'password' ? typed : typed.trim();
    setIsRunning(true);
    setProblem(undefined);
    try {
      await onProof(value);
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <form className="form" onSubmit={prove}>
      <label htmlFor={id}>{field.label}</label>
      <input
        {...field.input}
        id={id}
        name={field.name}
        required
        // biome-ignore lint/a11y/noAutofocus: the only field of a dialog, or of a page that replaced another form
        autoFocus
        aria-describedby={`${id}-problem`}
      />
      <button type="submit" className="main" aria-disabled={isRunning}>
        {action}
      </button>
      <p className="problem" role="alert" id={`${id}-problem`}>
        {problem}
      </p>
    </form>
  );
}
