import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { graphqlLanguage } from 'cm6-graphql';
import type { Problem } from './build.ts';

export interface Editor {
  /** Replaces the text, unless it is the same. */
  setText(text: string): void;
  /** Underlines lines. */
  setProblems(problems: readonly Problem[]): void;
  /** Selects a line, from 1, and moves the focus to it. */
  goTo(line: number): void;
  focus(): void;
  destroy(): void;
}

interface EditorOptions {
  /** Read to those who do not see the page. */
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}

/** In characters. */
const maxWrapped = 50_000;

/**
 * Opens an editor for GraphQL in a shadow root: its styles are sheets there, while in the document they would be elements,
 * which the policy of the page refuses. Tab leaves it.
 */
export function openEditor(root: ShadowRoot, { label, text, onText }: EditorOptions): Editor {
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        // To wrap the lines of a large text would stop the page.
        EditorView.contentAttributes.compute(['doc'], ({ doc }) =>
          doc.length > maxWrapped ? {} : { class: 'cm-lineWrapping' },
        ),
        bracketMatching(),
        graphqlLanguage,
        syntaxHighlighting(colors),
        theme,
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({
          'aria-label': label,
          spellcheck: 'false',
          tabindex: '0',
        }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) onText(state.doc.toString());
        }),
      ],
    }),
  });
  const lineAt = (line: number) => view.state.doc.line(Math.min(line, view.state.doc.lines));
  return {
    setText(changed) {
      const { doc } = view.state;
      if (doc.toString() === changed) return;
      view.dispatch({ changes: { from: 0, to: doc.length, insert: changed } });
    },
    setProblems(problems) {
      const diagnostics = problems.flatMap(({ text: message, line }): readonly Diagnostic[] => {
        if (line === undefined) return [];
        const { from, to } = lineAt(line);
        return [{ from, to, severity: 'error', message }];
      });
      diagnostics.sort((one, other) => one.from - other.from);
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    goTo(line) {
      const { from, to } = lineAt(line);
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.definitionKeyword, tags.modifier], color: 'var(--try-keyword)' },
  { tag: [tags.string, tags.integer, tags.float], color: 'var(--try-value)' },
  { tag: [tags.atom, tags.bool, tags.null, tags.special(tags.name)], color: 'var(--try-name)' },
  { tag: tags.lineComment, color: 'var(--vp-c-text-2)' },
]);

const theme = EditorView.theme({
  '&': { fontSize: '13px', color: 'var(--vp-c-text-1)', backgroundColor: 'var(--vp-c-bg-alt)' },
  '&.cm-focused': { outline: '2px solid var(--vp-c-brand-1)', outlineOffset: '1px' },
  '.cm-scroller': {
    fontFamily: 'var(--vp-font-family-mono)',
    lineHeight: '1.5',
    minHeight: 'var(--try-rows)',
    maxHeight: '480px',
    overflow: 'auto',
  },
  '.cm-content': { caretColor: 'var(--vp-c-text-1)' },
  '.cm-cursor': { borderLeftColor: 'var(--vp-c-text-1)' },
  '.cm-gutters': {
    color: 'var(--vp-c-text-2)',
    backgroundColor: 'var(--vp-c-bg-alt)',
    borderRight: '1px solid var(--vp-c-divider)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { background: 'var(--try-selection)' },
  '.cm-tooltip': { color: 'var(--vp-c-text-1)', backgroundColor: 'var(--vp-c-bg-elv)' },
});
