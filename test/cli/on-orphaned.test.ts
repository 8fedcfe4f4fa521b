import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository, useGatehouse } from '../support/process.ts';
import { createTranscript } from '../support/transcript.ts';

const gatehouse = useGatehouse();
const program = join(repository, 'dist', 'main.js');

it('ends with the shell of npx, which passes no signal on', async () => {
  await gatehouse.prepareDataDir();
  await gatehouse.run(['--version']); // builds it
  const script = '"$0" "$1" start & echo "pid $!"; wait';
  const shell = spawn('sh', ['-c', script, process.execPath, program], {
    cwd: gatehouse.folder(),
    env: {
      PATH: process.env.PATH,
      npm_lifecycle_event: 'npx',
      DATA_DIR: gatehouse.dataDir(),
      PORT: '0',
    },
  });
  const { add, output, waitForLine } = createTranscript();
  for (const name of ['stdout', 'stderr'] as const) {
    shell[name].setEncoding('utf8').on('data', (text: string) => add(name, text));
  }
  const [, pid = ''] = await waitForLine(/^pid (\d+)$/m);
  try {
    await waitForLine(/^ {2}Gatehouse {3}http/m);
    const closed = once(shell, 'close'); // when the server has closed its output too
    shell.kill('SIGTERM');
    await closed;
    expect(output().stderr).toMatch(
      /"reason":"the shell of npm or npx has ended","msg":"stopping"[\s\S]*"msg":"stopped"/,
    );
  } finally {
    if (isRunning(Number(pid))) process.kill(Number(pid), 'SIGKILL');
  }
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
