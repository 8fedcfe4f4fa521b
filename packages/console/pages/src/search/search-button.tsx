import { useEffect } from 'react';
import { useDialog } from '../parts/use-dialog.ts';
import { SearchDialog } from './search-dialog.tsx';

/** Opens the search, also by Control or Command with K: a key alone would be in the way of speech input (WCAG 2.2, 2.1.4). */
export function SearchButton() {
  const { dialog, open } = useDialog();
  const show = () => open((onClose) => <SearchDialog onClose={onClose} />);

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const isPressed = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
      if (!isPressed || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      show();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  return (
    <>
      <button
        type="button"
        className="search-button"
        aria-keyshortcuts="Control+K Meta+K"
        title="Control K"
        onClick={show}
      >
        Search
      </button>
      {dialog}
    </>
  );
}
