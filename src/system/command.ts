/** Running other programs: a quick question with its answer, or a long job whose output goes to a log file. */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';

export interface CommandOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Receives the command line and everything it prints. */
  logFile?: string;
}

export interface CommandResult {
  ok: boolean;
  /** Standard output and standard error, as they came. */
  output: string;
  /** How it ended where it did not end well, e.g. "exit code 1", "killed by SIGSEGV", "not found". */
  failure: string;
}

const SECONDS = 1000;

const failureOf = (code: number | null, signal: string | null): string =>
  signal ? `killed by ${signal}` : code === 0 ? '' : `exit code ${code}`;

/** First line of what a quick command prints on standard output, or undefined where it fails. */
export function ask(command: string, args: string[]): string | undefined {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 20 * SECONDS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return result.status === 0 ? (result.stdout.trim().split(/\r?\n/)[0] ?? '') : undefined;
}

/** Runs a command to its end; never rejects, a missing program is a failure like another. */
export function runCommand(
  command: string,
  args: string[],
  { cwd, env, logFile }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const take = (text: string): void => {
      output += text;
      if (logFile) appendFileSync(logFile, text);
    };
    if (logFile)
      appendFileSync(
        logFile,
        `$ ${[command, ...args.filter((arg) => !arg.includes('\n'))].join(' ')}\n`,
      );
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    child.on('error', (error: NodeJS.ErrnoException) => {
      const failure = error.code === 'ENOENT' ? 'not found' : error.message;
      resolve({ ok: false, output, failure });
    });
    child.on('close', (code, signal) => {
      resolve({ ok: code === 0, output, failure: failureOf(code, signal) });
    });
  });
}
