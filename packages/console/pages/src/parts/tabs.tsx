/** Links to the parts of a page. The parts that the viewer may not use are left out by the caller. */
export const Tabs = ({
  label,
  tabs,
}: {
  readonly label: string;
  readonly tabs: readonly {
    readonly text: string;
    readonly href: string;
    readonly isCurrent: boolean;
  }[];
}) => (
  <nav className="tabs" aria-label={label}>
    {tabs.map(({ text, href, isCurrent }) => (
      <a key={href} href={href} aria-current={isCurrent ? 'page' : undefined}>
        {text}
      </a>
    ))}
  </nav>
);
