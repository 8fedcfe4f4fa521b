import { type ComponentProps, useId } from 'react';
import { useFieldProblem } from './form.tsx';

interface FieldProps extends ComponentProps<'input'> {
  /** The argument of the API. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
}

/** A field of a form, with its label, and with what was wrong. Messages of the server name the argument. */
export function Field({ name, label, hint, ...input }: FieldProps) {
  const id = useId();
  const problem = useFieldProblem(name);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        name={name}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-hint ${id}-problem`}
      />
      <span className="quiet" id={`${id}-hint`}>
        {hint}
      </span>
      <span className="problem" id={`${id}-problem`}>
        {problem?.replaceAll(`\`${name}\``, label)}
      </span>
    </div>
  );
}
