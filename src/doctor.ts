/**
 * `bn-lab doctor`: what is there, what is missing, and the remedy for each. Every check loads its module itself
 * and is guarded, so that one broken part costs one line.
 */
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { messageOf } from './errors';
import { projectRoot } from './paths';

export interface Check {
  name: string;
  state: 'ok' | 'missing' | 'broken';
  detail: string;
  /** What to do; empty where there is nothing to do. */
  remedy: string;
}

export interface DoctorOptions {
  /** Receives one line at a time; with `json` one line in all. */
  log: (line: string) => void;
  /** Install or repair the engine first. */
  fix?: boolean;
  /** Give the report as JSON. */
  json?: boolean;
}

export interface Diagnosis {
  /** Nothing is broken, and what training needs (Node, packages, engine) is there. */
  ok: boolean;
  checks: Check[];
}

type Finding = Omit<Check, 'name'>;

const GIGABYTE = 1e9;
/** A paper-scale store, the data and the environments together. */
const LITTLE_DISK_GB = 3;

const ok = (detail: string, remedy = ''): Finding => ({ state: 'ok', detail, remedy });
const missing = (detail: string, remedy: string): Finding => ({ state: 'missing', detail, remedy });
const broken = (detail: string, remedy: string): Finding => ({ state: 'broken', detail, remedy });

interface Manifest {
  engines: { node: string };
  dependencies: Record<string, string>;
  version: string;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;

function checkNode(): Finding {
  const { nodeSatisfies } = require(path.join(projectRoot, 'src/nodeVersion.cjs')) as {
    nodeSatisfies: (range: string, version: string) => boolean;
  };
  const { node } = process.versions;
  const range = readManifest(projectRoot).engines.node;
  return nodeSatisfies(range, node)
    ? ok(node)
    : broken(`${node} is not ${range}`, 'install a newer Node');
}

function checkPackages(): Finding {
  const wanted = Object.entries(readManifest(projectRoot).dependencies);
  const wrong = wanted.flatMap(([name, version]) => {
    const folder = path.join(projectRoot, 'node_modules', name);
    if (!existsSync(path.join(folder, 'package.json'))) return [`${name} is missing`];
    const found = readManifest(folder).version;
    return /^\d/.test(version) && found !== version ? [`${name} is ${found}, not ${version}`] : [];
  });
  return wrong.length > 0 ? broken(wrong.join(', '), 'npm ci') : ok(`${wanted.length} found`);
}

async function checkPython(): Promise<Finding> {
  const { findPython } = await import('./engine/wheel');
  const python = findPython();
  const remedy = 'install Python 3 with pip (Debian, Ubuntu: apt-get install python3-pip)';
  if (!python) return missing('no python3', remedy);
  return python.pip === 'none'
    ? missing(`Python ${python.version} without pip and venv`, remedy)
    : ok(`${python.version}, pip ${python.pip === 'venv' ? 'from a venv' : 'installed'}`);
}

async function checkCompiler(): Promise<Finding> {
  const { findCompiler } = await import('./engine/build');
  const compiler = findCompiler();
  return compiler
    ? ok(compiler.version)
    : missing('no C++ compiler', 'install one (Debian, Ubuntu: apt-get install g++)');
}

async function inspectEngine(): Promise<Finding> {
  const { changedFiles, engineStatus } = await import('./engine/info');
  const { betterEngine } = await import('./engine/install');
  const { deviceReport } = await import('./engine/report');
  const { selfCheck } = await import('./engine/selfCheck');
  const status = engineStatus();
  const { info } = status;
  if (!status.ready || !info) {
    return info ? broken(status.detail, status.remedy) : missing(status.detail, status.remedy);
  }
  const remedy = 'npx bn-lab doctor --fix';
  const changed = await changedFiles(info);
  if (changed.length > 0) return broken(`changed since installed: ${changed.join(', ')}`, remedy);
  const check = await selfCheck(info);
  if (!check.ok) return broken(`${status.detail}, but it does not run: ${check.failure}`, remedy);

  const { gpu, intraOpThreads } = deviceReport();
  const threads = intraOpThreads || os.availableParallelism();
  const unused = gpu ? `GPU ${gpu} not used` : 'no GPU';
  const device = check.gpu ? `GPU ${gpu}` : unused;
  const better = betterEngine(info);
  const detail = `${status.detail}, ${threads} CPU threads, ${device}, files and a test op right`;
  return ok(detail, better && `${remedy} (${better})`);
}

async function checkEngine({ fix, log, json }: DoctorOptions): Promise<Finding> {
  const found = await inspectEngine();
  if (!fix || (found.state === 'ok' && !found.remedy)) return found;
  const { installEngine } = await import('./engine/install');
  const { engineStatus } = await import('./engine/info');
  try {
    // What looks right by its sizes, and is not, has to be forced.
    await installEngine({ log: json ? () => {} : log, force: engineStatus().ready });
  } catch (error) {
    return broken(messageOf(error), 'see the message');
  }
  return inspectEngine();
}

async function checkData(): Promise<Finding> {
  const { cifar10Status } = await import('./data/cifar10');
  const { ready, where, detail, remedy = '' } = cifar10Status();
  const text = `CIFAR-10 in ${where}: ${detail}`;
  return ready ? ok(text) : missing(text, remedy);
}

async function checkJupyter(): Promise<Finding> {
  const { jupyterStatus } = await import('./jupyter/environment');
  const { ready, detail, remedy } = jupyterStatus();
  return ready ? ok(detail) : missing(detail, remedy);
}

async function checkBrowser(): Promise<Finding> {
  const { browserStatus } = await import('./figures/browser');
  const { ready, detail, remedy } = browserStatus();
  return ready ? ok(detail) : missing(detail, remedy);
}

function checkDisk(): Finding {
  const { bavail, bsize } = statfsSync(projectRoot);
  const free = (bavail * bsize) / GIGABYTE;
  const detail = `${free.toFixed(0)} GB free`;
  return free < LITTLE_DISK_GB
    ? broken(detail, 'make room, or set BN_ENGINE_DIR, BN_DATA_DIR and BN_RUNS_DIR elsewhere')
    : ok(detail);
}

type CheckFunction = (options: DoctorOptions) => Finding | Promise<Finding>;

/** In the order of the report; the needed ones must be ok for `ok`. */
const CHECKS: [name: string, needed: boolean, run: CheckFunction][] = [
  ['Node', true, checkNode],
  ['packages', true, checkPackages],
  ['Python', false, checkPython],
  ['compiler', false, checkCompiler],
  ['engine', true, checkEngine],
  ['data', false, checkData],
  ['JupyterLab', false, checkJupyter],
  ['browser', false, checkBrowser],
  ['disk', false, checkDisk],
];

const STATE_WIDTH = 9;
const NAME_WIDTH = 12;

/** Looks at everything and reports; with `fix` installs or repairs the engine first. Never throws. */
export async function doctor(options: DoctorOptions): Promise<Diagnosis> {
  const { log, json } = options;
  const checks: Check[] = [];
  let fine = true;
  for (const [name, needed, run] of CHECKS) {
    let found: Finding;
    try {
      found = await run(options);
    } catch (error) {
      found = broken(messageOf(error).split('\n')[0] ?? '', 'npm ci, then see npm run check');
    }
    const { state, detail, remedy } = found;
    checks.push({ name, ...found });
    if (state === 'broken' || (needed && state !== 'ok')) fine = false;
    if (json) continue;
    log(state.padEnd(STATE_WIDTH) + name.padEnd(NAME_WIDTH) + detail);
    if (remedy) log(`${' '.repeat(STATE_WIDTH + NAME_WIDTH)}-> ${remedy}`);
  }
  if (json) log(JSON.stringify({ ok: fine, checks }));
  return { ok: fine, checks };
}
