import { EventEmitter, once } from 'node:events';

/** The two output streams of a program. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program has written so far. */
export interface Transcript {
  add(stream: keyof Output, text: string): void;
  /** `reason`: how the program ended, for the error of `waitForLine`. */
  end(reason: string): void;
  output(): Output;
  /** The first complete line that matches. @throws {Error} when the program ends without one. */
  waitForLine(pattern: RegExp): Promise<RegExpExecArray>;
}

export function createTranscript(): Transcript {
  const said = { stdout: '', stderr: '' };
  const news = new EventEmitter();
  let ending: string | undefined;
  return {
    add(stream, text) {
      said[stream] += text;
      news.emit('news');
    },
    end(reason) {
      ending = reason;
      news.emit('news');
    },
    output: () => ({ ...said }),
    async waitForLine(pattern) {
      for (;;) {
        const match =
          pattern.exec(completeLines(said.stdout)) ?? pattern.exec(completeLines(said.stderr));
        if (match !== null) return match;
        if (ending !== undefined) {
          throw new Error(
            `No line matches ${pattern}: the program ended with ${ending}, after\n${said.stdout}${said.stderr}`,
          );
        }
        await once(news, 'news');
      }
    },
  };
}

const completeLines = (text: string) => text.slice(0, text.lastIndexOf('\n') + 1);
