interface KeptButtonProps {
  /** The id of the sentence that says why the server would refuse it. Undefined: it would not. */
  readonly keptBy: string | undefined;
  readonly onClick: () => void;
  readonly label?: string;
  readonly kind?: 'danger';
  readonly children: string;
}

/** A button that does nothing while the server would refuse what it does. A sentence on the page says why. */
export const KeptButton = ({ keptBy, onClick, label, kind, children }: KeptButtonProps) => (
  <button
    type="button"
    className={kind}
    aria-label={label}
    aria-disabled={keptBy !== undefined}
    aria-describedby={keptBy}
    onClick={() => keptBy === undefined && onClick()}
  >
    {children}
  </button>
);
