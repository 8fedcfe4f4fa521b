import { useGroups } from '../groups/use-groups.ts';
import { changeQuery } from '../route.ts';

/** A box for each group. What is chosen is in the address. */
export function ChooseGroups({ chosen }: { readonly chosen: readonly string[] }) {
  const { data: groups = [] } = useGroups();
  const names = groups.map(({ name }) => name);
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
