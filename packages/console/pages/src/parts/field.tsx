import { type ComponentProps, useId } from 'react';
import { useFieldProblem } from './field-problem.ts';

interface FieldProps extends ComponentProps<'input'> {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
}

export function Field({ label, hint, ...input }: FieldProps) {
  const id = useId();
  const problem = useFieldProblem(input.name, label);
  const describedBy = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(problem === undefined ? [] : [`${id}-problem`]),
  ];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={describedBy.join(' ') || undefined}
      />
      {hint !== undefined && (
        <span className="quiet" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {problem !== undefined && (
        <span className="problem" role="alert" id={`${id}-problem`}>
          {problem}
        </span>
      )}
    </div>
  );
}

/** A field into which a name must be typed, so that what cannot be undone is no slip. */
export const TypedName = ({ text }: { readonly text: string }) => (
  <Field
    label={`Type ${text} to confirm`}
    name="typed-name"
    required
    autoComplete="off"
    spellCheck={false}
    onInput={({ currentTarget }) =>
      currentTarget.setCustomValidity(currentTarget.value === text ? '' : `Type ${text}.`)
    }
  />
);

interface SelectProps extends ComponentProps<'select'> {
  readonly label: string;
  readonly options: readonly (string | { readonly value: string; readonly text: string })[];
}

/** A choice with its label. */
export function Select({ label, options, ...select }: SelectProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...select} id={id}>
        {options.map((option) => {
          const { value, text } =
            typeof option === 'string' ? { value: option, text: option } : option;
          return (
            <option key={value} value={value}>
              {text}
            </option>
          );
        })}
      </select>
    </div>
  );
}
