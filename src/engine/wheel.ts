/** TensorFlow's libraries and C headers out of its Python wheels: pip downloads and checks them, Python unpacks. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { ask, runCommand } from '../system/command';
import { UserError } from '../system/errors';
import { projectRoot } from '../system/paths';
import { selectRequirements, type WheelPlan } from './plan';

export interface Python {
  command: string;
  version: string;
  /** Where pip comes from: installed, from a throw-away virtual environment, or nowhere. */
  pip: 'installed' | 'venv' | 'none';
}

export interface DownloadOptions {
  /** Scratch folder; wheels that an earlier try left there are used if their hash is right. */
  folder: string;
  log: (line: string) => void;
  logFile: string;
  /** The pinned requirements file. */
  requirements?: string;
}

const PROGRESS_MS = 10_000;
const MEGABYTE = 1e6;

const PYTHON_QUESTION = `
import sys
from importlib.util import find_spec as find
pip = 'installed' if find('pip') else 'venv' if find('venv') and find('ensurepip') else 'none'
print('%d.%d.%d' % sys.version_info[:3], pip)`;

/** The machine's Python 3, or undefined. */
export function findPython(): Python | undefined {
  for (const command of ['python3', 'python']) {
    const [version, pip] = ask(command, ['-c', PYTHON_QUESTION])?.split(' ') ?? [];
    if (version?.startsWith('3.')) return { command, version, pip: pip as Python['pip'] };
  }
  return undefined;
}

/** The command that runs pip; makes the throw-away environment where it takes one. */
async function pipPython(python: Python, { folder, logFile }: DownloadOptions): Promise<string> {
  if (python.pip === 'installed') return python.command;
  const venv = path.join(folder, 'venv');
  const made = await runCommand(python.command, ['-m', 'venv', venv], { logFile });
  if (!made.ok) {
    throw new UserError(
      `${python.command} has no pip and cannot make a virtual environment (log: ${logFile}): ` +
        'install pip (Debian, Ubuntu: apt-get install python3-pip)',
    );
  }
  return path.join(venv, 'bin', 'python');
}

function bytesIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
  } catch {
    // A file went away between being listed and being measured.
    return 0;
  }
}

/** Calls `log` with what has come so far, every ten seconds, until the returned function is called. */
function reportProgress(plan: WheelPlan, folders: string[], log: (line: string) => void) {
  const timer = setInterval(() => {
    const megabytes = folders.reduce((sum, folder) => sum + bytesIn(folder), 0) / MEGABYTE;
    // pip holds a finished file twice for a moment.
    const known = Math.min(Math.round(megabytes), plan.downloadMegabytes);
    if (known > 0) log(`  ${known} of ${plan.downloadMegabytes} MB`);
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

const lastError = (output: string): string =>
  output
    .split('\n')
    .filter((line) => line.startsWith('ERROR'))
    .pop()
    ?.replace(/^ERROR:\s*/, '') ?? 'see the log';

/**
 * Downloads a plan's wheels into `folder`/wheels with the user's own pip configuration; returns their paths.
 * pip checks each against its pinned hash; what is corrupt or was interrupted is downloaded once more, past
 * pip's cache. Throws UserError.
 */
export async function downloadWheels(
  plan: WheelPlan,
  python: Python,
  options: DownloadOptions,
): Promise<string[]> {
  const { folder, log, logFile } = options;
  const pinned = options.requirements ?? path.join(projectRoot, 'src/engine/tensorflow.txt');
  const wheels = path.join(folder, 'wheels');
  const scratch = path.join(folder, 'pip');
  mkdirSync(wheels, { recursive: true });
  const requirements = path.join(folder, 'requirements.txt');
  const selected = selectRequirements(readFileSync(pinned, 'utf8'), plan.packages);
  writeFileSync(requirements, selected);

  const command = await pipPython(python, options);
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--progress-bar=off'];
  args.push('--python-version=3.12', '--implementation=cp', '--disable-pip-version-check');
  args.push(...plan.tags.map((tag) => `--platform=${tag}`));
  args.push('--require-hashes', '-r', requirements, '-d', wheels);
  // pip keeps unfinished files in TMPDIR: here they are on the right disk and seen by the progress line.
  const env = { TMPDIR: scratch, PIP_REQUIRE_VIRTUALENV: 'false' };

  const stopReport = reportProgress(plan, [wheels, scratch], log);
  try {
    for (let attempt = 1; ; attempt++) {
      rmSync(scratch, { recursive: true, force: true });
      mkdirSync(scratch);
      const again = attempt > 1 ? ['--no-cache-dir'] : [];
      const result = await runCommand(command, [...args, ...again], { env, logFile });
      if (result.ok) break;
      const why = lastError(result.output);
      if (attempt === 2) {
        throw new UserError(
          `pip could not download TensorFlow: ${why} (log: ${logFile}): ` +
            'check the network and the package index that pip is set to, then run again',
        );
      }
      log(`the download failed (${why}): trying once more`);
    }
  } finally {
    stopReport();
    rmSync(scratch, { recursive: true, force: true });
  }
  // An earlier try may have left wheels of another plan.
  const names = Array.from(
    selected.matchAll(/^(\S+)==(\S+)/gm),
    ([, name = '', version]) => `${name.replaceAll('-', '_')}-${version}-`,
  );
  return readdirSync(wheels)
    .filter((wheel) => names.some((name) => wheel.startsWith(name)))
    .map((wheel) => path.join(wheels, wheel));
}

/** Libraries, XLA's tools for CUDA, and the headers that the binding includes. */
const WANTED = [
  String.raw`tensorflow/libtensorflow_(cc|framework)[^/]*`,
  String.raw`tensorflow/include/(tensorflow/c|xla/tsl/c)/.*\.h`,
  String.raw`tensorflow/include/(tensorflow/core|tsl)/platform/ctstring[^/]*\.h`,
  String.raw`nvidia/[^/]+/lib/(?!libcusolverMg|libnvblas)[^/]+\.so[.\d]*`,
  String.raw`nvidia/cuda_nvcc/(bin/ptxas|nvvm/libdevice/[^/]+\.bc)`,
];

/**
 * Where CUDA libraries are looked for and the wheels do not have them: TensorFlow 2.21 opens cuSOLVER, and cuDNN
 * 9.3 NVRTC, by a run path that lacks the right folder. With these links no LD_LIBRARY_PATH is needed.
 */
const CUDA_LINKS: [link: string, target: string][] = [
  ['nvidia/cusparse/lib/libcusolver.so.11', '../../cusolver/lib/libcusolver.so.11'],
  ['nvidia/nvrtc', 'cuda_nvrtc'],
];

const EXTRACT = `
import os, re, shutil, sys, zipfile
target, wanted = sys.argv[1], re.compile(sys.argv[2])
for wheel in sys.argv[3:]:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if '..' in name or not wanted.fullmatch(name):
                continue
            path = os.path.join(target, *name.split('/'))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(name) as source, open(path, 'wb') as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            if '/bin/' in name:
                os.chmod(path, 0o755)
            if '/include/' not in name:
                print(name)`;

/**
 * Unpacks what the engine needs into `target`; returns the names of all files but headers.
 * Throws UserError, also where one of the plan's libraries is not in the wheels.
 */
export async function extractWheels(
  plan: WheelPlan,
  python: Python,
  wheels: string[],
  { target, logFile }: { target: string; logFile: string },
): Promise<string[]> {
  const args = ['-c', EXTRACT, target, WANTED.join('|'), ...wheels];
  const result = await runCommand(python.command, args, { logFile });
  const names = result.ok ? result.output.split(/\r?\n/).filter((name) => name !== '') : [];
  const missing = plan.libraries.find((library) => !names.includes(`tensorflow/${library}`));
  if (missing) {
    throw new UserError(
      `could not unpack ${missing} (${result.failure || 'not in the wheel'}; log: ${logFile}): ` +
        'check the free disk space and run again',
    );
  }
  if (plan.cuda) {
    for (const [link, to] of CUDA_LINKS) symlinkSync(to, path.join(target, link));
  }
  return names;
}
