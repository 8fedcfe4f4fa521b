interface GroupListProps {
  readonly groups: readonly string[];
}

/** Groups, as labels in a row. */
export const GroupList = ({ groups }: GroupListProps) => (
  <ul className="groups" aria-label="Groups">
    {groups.map((group) => (
      <li key={group} className="group">
        {group}
      </li>
    ))}
  </ul>
);
