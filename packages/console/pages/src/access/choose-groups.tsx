import { changeQuery } from '../route.ts';

interface ChooseGroupsProps {
  readonly names: readonly string[];
  readonly chosen: readonly string[];
}

/** A box for each group. What is chosen is in the address. */
export function ChooseGroups({ names, chosen }: ChooseGroupsProps) {
  function toggle(name: string): void {
    const next = names.filter((each) => (each === name) !== chosen.includes(each));
    changeQuery({ groups: next.join() });
  }
  return (
    <fieldset className="choices">
      <legend>Groups</legend>
      {names.map((name) => (
        <label key={name} className="choice">
          <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
