/** Groups as labels in a row. */
export const GroupTags = ({
  groups,
  label = 'Groups',
}: {
  readonly groups: readonly string[];
  readonly label?: string;
}) =>
  groups.length === 0 ? (
    <span className="quiet">none</span>
  ) : (
    <ul className="tags" aria-label={label}>
      {groups.map((group) => (
        <li key={group} className="tag">
          {group}
        </li>
      ))}
    </ul>
  );
