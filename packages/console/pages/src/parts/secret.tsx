import { Button } from './button.tsx';

/** A secret that is shown once. It is in the page alone, and gone when its dialog closes. */
export const Secret = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <div className="secret">
    <p>{label} It is shown only now.</p>
    <code>{value}</code>
    <Button onAction={() => navigator.clipboard.writeText(value)}>Copy</Button>
  </div>
);
