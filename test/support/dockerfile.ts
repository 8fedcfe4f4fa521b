import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** One instruction, such as `RUN` and what stands behind it. */
export interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** The instructions of a Dockerfile by stage, each from its `FROM`. Knows neither heredocs nor other escapes. */
export async function readStages(path: string): Promise<readonly (readonly Instruction[])[]> {
  const text = (await readFile(path, 'utf8')).replaceAll(/^#.*\n/gm, '').replaceAll('\\\n', ' ');
  const stages: Instruction[][] = [];
  for (const [, name = '', value = ''] of text.matchAll(/^([A-Z]+) +(.+)$/gm)) {
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, value });
  }
  return stages;
}

/** What `ENV` sets. */
export const environmentOf = (stage: readonly Instruction[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    stage
      .filter(({ name }) => name === 'ENV')
      .flatMap(({ value }) => [...value.matchAll(/(\w+)=(\S+)/g)])
      .map(([, name = '', value = '']) => [name, value]),
  );

/** The words of the command that a container runs. */
export function commandOf(stage: readonly Instruction[]): readonly string[] {
  const { value } = stage.find(({ name }) => name === 'CMD') ?? { value: '[]' };
  return z.array(z.string()).min(1).parse(JSON.parse(value));
}
