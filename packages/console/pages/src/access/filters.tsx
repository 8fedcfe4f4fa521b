import { type ChangeEvent, type ReactNode, startTransition, useState } from 'react';
import { Field, Select } from '../parts/field.tsx';
import { changeQuery, useRoute } from '../route.ts';

/** The filters above a list, with how many of its rows are shown. */
export const Filters = ({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) => (
  <search className="filters" aria-label={label}>
    {children}
  </search>
);

interface CountProps {
  readonly shown: number;
  readonly all: number;
}

export const Count = ({ shown, all }: CountProps) => (
  <p className="quiet count" role="status">
    {shown === all
      ? `${all.toLocaleString()} rows`
      : `${shown.toLocaleString()} of ${all.toLocaleString()} rows`}
  </p>
);

/** How many rows of a matrix are shown, and whether those are that say nothing of their own. */
export const CountOfMatrix = ({
  children,
  ...counts
}: CountProps & { readonly children?: ReactNode }) => (
  <div className="filters count-line">
    <Count {...counts} />
    {children}
    <Switch name="whole" label="Also show fields without a rule of their own" />
  </div>
);

/** A text that filters while it is typed. Long lists are filtered when there is time, so that typing stays quick. */
export function useText() {
  const { query } = useRoute();
  const first = query.get('text') ?? '';
  const [text, setText] = useState(first);
  return { text, field: <TextFilter first={first} onText={setText} /> };
}

interface TextFilterProps {
  readonly first: string;
  readonly onText: (text: string) => void;
}

/** The address has the text when the field is left: browsers limit how often a page may change its address. */
function TextFilter({ first, onText }: TextFilterProps) {
  const [text, setText] = useState(first);
  const keep = () => changeQuery({ text });
  function change({ currentTarget: { value } }: ChangeEvent<HTMLInputElement>): void {
    setText(value);
    startTransition(() => onText(value));
  }
  return (
    <Field
      name="text"
      label="Search"
      type="search"
      value={text}
      onChange={change}
      onBlur={keep}
      onKeyDown={({ key }) => key === 'Enter' && keep()}
    />
  );
}

interface ChoiceProps {
  /** The name of the value in the address. */
  readonly name: string;
  readonly label: string;
  /** The text of no choice. Absent: one of the options is always chosen. */
  readonly none?: string | undefined;
  readonly isDisabled?: boolean;
  /** Chosen while the address names no option. */
  readonly initial?: string | undefined;
  readonly options: readonly (string | { readonly value: string; readonly text: string })[];
}

export function Choice({ name, label, none, isDisabled, initial = '', options }: ChoiceProps) {
  const { query } = useRoute();
  return (
    <Select
      label={label}
      disabled={isDisabled}
      value={query.get(name) ?? initial}
      options={[...(none === undefined ? [] : [{ value: '', text: none }]), ...options]}
      onChange={(event) => changeQuery({ [name]: event.currentTarget.value })}
    />
  );
}

/** A switch whose value is in the address. */
export function Switch({ name, label }: { readonly name: string; readonly label: string }) {
  const { query } = useRoute();
  const change = ({ currentTarget }: ChangeEvent<HTMLInputElement>) =>
    changeQuery({ [name]: currentTarget.checked ? 'yes' : undefined });
  return (
    <label className="choice">
      <input type="checkbox" checked={query.has(name)} onChange={change} />
      {label}
    </label>
  );
}
