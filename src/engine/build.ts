/** Compiles the Node addon (src/engine/native/binding.cc, which includes tfjs-node's binding) against TensorFlow. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { ask, runCommand } from '../system/command';
import { UserError } from '../system/errors';
import { projectRoot } from '../system/paths';

export const BINDING = 'tfjs_binding.node';

const FLAGS = ['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8'];

export interface Compiler {
  command: string;
  /** First line of its --version. */
  version: string;
}

export interface CompileOptions {
  /** The folder that holds tensorflow/. */
  engine: string;
  /** Names of the libraries in tensorflow/ to link to. */
  libraries: string[];
  /** Name of the result in `engine`. */
  output: string;
  logFile: string;
  /** Folder of binding.cc. */
  source?: string;
}

const nativeDir = (): string => path.join(projectRoot, 'src/engine/native');

/** Folder of an installed npm package. */
export const packageDir = (name: string): string =>
  path.dirname(require.resolve(`${name}/package.json`));

/** The C++ compiler: CXX if set, else the first that answers; undefined without one. */
export function findCompiler(): Compiler | undefined {
  for (const command of [process.env.CXX, 'g++', 'c++', 'clang++']) {
    const version = command && ask(command, ['--version']);
    if (version) return { command, version };
  }
  return undefined;
}

/** Hash of all that the compiled binding depends on: our sources, flags, tfjs-node's and the API's version. */
export function bindingSource(): string {
  const hash = createHash('sha256').update(FLAGS.join(' '));
  for (const name of readdirSync(nativeDir()).sort()) {
    if (/\.(cc|h)$/.test(name))
      hash.update(name).update(readFileSync(path.join(nativeDir(), name)));
  }
  for (const name of ['@tensorflow/tfjs-node', 'node-api-headers']) {
    const text = readFileSync(path.join(packageDir(name), 'package.json'), 'utf8');
    hash.update((JSON.parse(text) as { version: string }).version);
  }
  return hash.digest('hex');
}

/** Compiles binding.cc into `engine`/`output`. The result finds TensorFlow beside itself, wherever it is moved. */
export async function compileBinding(
  compiler: Compiler,
  { engine, libraries, output, logFile, source = nativeDir() }: CompileOptions,
): Promise<void> {
  const mac = process.platform === 'darwin';
  const include = [
    path.join(packageDir('node-api-headers'), 'include'),
    path.join(packageDir('@tensorflow/tfjs-node'), 'binding'),
    path.join(engine, 'tensorflow/include'),
    source,
  ];
  const args = [
    ...FLAGS,
    ...include.flatMap((folder) => ['-I', folder]),
    path.join(source, 'binding.cc'),
    ...libraries.map((name) => path.join(engine, 'tensorflow', name)),
    `-Wl,-rpath,${mac ? '@loader_path' : '$ORIGIN'}/tensorflow`,
    // The functions of Node itself are found when Node loads the addon.
    ...(mac ? ['-undefined', 'dynamic_lookup'] : []),
    '-o',
    path.join(engine, output),
  ];
  const result = await runCommand(compiler.command, args, { logFile });
  if (result.ok) return;
  const reason = result.output.split('\n').find((line) => /\berror\b|undefined/.test(line));
  throw new UserError(
    `${compiler.command} could not compile the binding: ${reason?.trim() ?? result.failure} ` +
      `(log: ${logFile}): update the compiler, or use BN_ENGINE=prebuilt`,
  );
}
