/** The sources as plain JavaScript, for tests that need other processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const projectRoot = path.resolve(__dirname, '..', '..');

/** Translates src/, or the files of it whose paths begin as given, into `folder`, without looking at types. */
export function compileSources(folder: string, beginnings: readonly string[] = ['']): void {
  const source = path.join(projectRoot, 'src');
  const names = fs.readdirSync(source, { recursive: true, encoding: 'utf8' });
  const wanted = names.filter(
    (name) => name.endsWith('.ts') && beginnings.some((beginning) => name.startsWith(beginning)),
  );
  for (const name of wanted) {
    const { outputText } = transpileModule(fs.readFileSync(path.join(source, name), 'utf8'), {
      compilerOptions: {
        module: ModuleKind.CommonJS,
        target: ScriptTarget.ES2022,
        esModuleInterop: true,
      },
    });
    const file = path.join(folder, name.replace(/\.ts$/, '.js'));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, outputText);
  }
}

/** Runs JavaScript in a new Node process in which `require('./...')` finds the compiled sources. */
export function runScript(
  folder: string,
  script: string,
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  return spawn(process.execPath, ['-e', script], {
    cwd: folder,
    env: { ...process.env, NODE_PATH: path.join(projectRoot, 'node_modules'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Waits for the end of a process. */
export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
}
