import { type ReactNode, useState } from 'react';

/** The dialog that a page shows, if any. It stays open when the row that opened it is gone. */
export function useDialog() {
  const [dialog, setDialog] = useState<ReactNode>(null);
  const close = () => setDialog(null);
  return {
    dialog,
    open: (render: (onClose: () => void) => ReactNode) => setDialog(render(close)),
  };
}
