/** `bn-lab` as a process: src/launch.cjs compiles the sources and calls `main`. */
import { runCli } from './commands';

/** Runs the command line that this process was given and ends the process with its exit code. */
export async function main(): Promise<void> {
  // `bn-lab runs list | head` closes the pipe early: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    if (error.code !== 'EIO') throw error;
  });
  // EIO: the terminal is closed. Nobody reads on, but what is under way is still to be kept.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
  const code = await runCli(process.argv.slice(2));
  // Ended by hand, because a native library's threads can outlive their work; not before the output is out.
  process.stdout.write('', () => process.exit(code));
}

if (require.main === module) void main();
