/** tfjs-node's own prebuilt library and binding, for machines without a compiler, Python or wheel. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { runCommand } from '../system/command';
import { UserError } from '../system/errors';
import { projectRoot } from '../system/paths';
import { BINDING, packageDir } from './build';

export interface PrebuiltOptions {
  logFile: string;
  /** Why there is no better way on this machine, for the error message. */
  why: string;
  /** Folder of tfjs-node. */
  package?: string;
}

export interface Prebuilt {
  /** Absolute paths. */
  binding: string;
  libraries: string[];
}

/** The binding for the newest Node API that this Node has, among lib/napi-v*. */
function findBinding(folder: string): string | undefined {
  const lib = path.join(folder, 'lib');
  if (!existsSync(lib)) return undefined;
  const versions = readdirSync(lib)
    .map((name) => Number(/^napi-v(\d+)$/.exec(name)?.[1]))
    .filter((version) => version <= Number(process.versions.napi))
    .sort((a, b) => b - a);
  return versions
    .map((version) => path.join(lib, `napi-v${version}`, BINDING))
    .find((file) => existsSync(file));
}

/**
 * Runs tfjs-node's install script, which npm was told not to run, inside its package.
 * Throws UserError where it leaves no binding.
 */
export async function installPrebuilt({
  logFile,
  why,
  package: folder = packageDir('@tensorflow/tfjs-node'),
}: PrebuiltOptions): Promise<Prebuilt> {
  // The script rewrites its package.json while node-pre-gyp runs, and leaves it so when it fails.
  const manifest = path.join(folder, 'package.json');
  const original = readFileSync(manifest);
  // It calls node-pre-gyp by name.
  const bin = path.join(projectRoot, 'node_modules', '.bin');
  const env = { PATH: `${bin}${path.delimiter}${process.env.PATH}` };
  const script = path.join('scripts', 'install.js');
  const args = [script, 'cpu', 'download'];
  const result = await runCommand(process.execPath, args, { cwd: folder, env, logFile });
  writeFileSync(manifest, original);

  const binding = findBinding(folder);
  const lib = path.join(folder, 'deps', 'lib');
  if (!result.ok || !binding || !existsSync(lib)) {
    throw new UserError(
      `${why}, and tfjs-node's own download failed (${result.failure || 'no binding'}; ` +
        `log: ${logFile}): install Python 3 with pip and a C++ compiler ` +
        '(Debian, Ubuntu: apt-get install g++ python3-pip) and run again',
    );
  }
  const libraries = readdirSync(lib, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(so|dylib|dll)/.test(entry.name))
    .map((entry) => path.join(lib, entry.name));
  // On Windows the library is looked for beside the binding; the script puts it beside another API's.
  for (const dll of libraries.filter((file) => file.endsWith('.dll'))) {
    copyFileSync(dll, path.join(path.dirname(binding), path.basename(dll)));
  }
  return { binding, libraries };
}
