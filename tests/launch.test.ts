import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { beforeEach, describe, expect, it, vi } from 'vitest';

import { projectRoot } from '../src/system/paths';

const { nodeSatisfies } = require('../src/nodeVersion.cjs') as {
  nodeSatisfies: (range: string, version: string) => boolean;
};

/** A small project with the real launcher and compiler. */
let project: string;
const at = (...names: string[]): string => path.join(project, ...names);

interface Outcome {
  stdout: string;
  stderr: string;
  code: number | null;
}

const launch = (...args: string[]): Outcome => {
  const { stdout, stderr, status } = spawnSync('node', [at('src/launch.cjs'), ...args], {
    encoding: 'utf8',
  });
  return { stdout, stderr, code: status };
};

/** A command line that prints its version and arguments and exits with 7. */
const cli = (version: string): string => `
import { greeting } from '../part';
export function main(): void {
  console.log(greeting, '${version}', ...process.argv.slice(2));
  process.exitCode = 7;
}`;

const writeSource = (name: string, text: string): void => writeFileSync(at('src', name), text);

beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'bn-launch-'));
  mkdirSync(at('src/cli'), { recursive: true });
  mkdirSync(at('node_modules'));
  const typescript = path.join(projectRoot, 'node_modules/typescript');
  symlinkSync(typescript, at('node_modules/typescript'), 'junction');
  writeFileSync(at('package.json'), '{ "engines": { "node": ">=20.19" } }');
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES5'],
    module: 'CommonJS',
    rootDir: 'src',
    strict: true,
    incremental: true,
    types: [],
  };
  writeFileSync(at('tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src/**/*.ts'] }));
  writeSource('globals.d.ts', 'declare const console: any; declare const process: any;');
  writeSource('part.ts', "export const greeting = 'hello';");
  writeSource('cli/main.ts', cli('v1'));
  for (const name of ['launch.cjs', 'nodeVersion.cjs']) {
    cpSync(path.join(projectRoot, 'src', name), at('src', name));
  }
});

describe('launch', () => {
  it('builds once, tells so, and hands over arguments and exit code', () => {
    expect(launch('figure', '1')).toEqual({
      stdout: 'hello v1 figure 1\n',
      stderr: 'bn-lab: compiling src/ ...\n',
      code: 7,
    });
    expect(launch()).toEqual({ stdout: 'hello v1\n', stderr: '', code: 7 });
    expect(existsSync(at('dist.new'))).toBe(false);
  });

  it('builds again after an edit, a removed source and a lost output', () => {
    writeSource('unused.ts', 'export const unused = 1;');
    launch();
    expect(existsSync(at('dist/unused.js'))).toBe(true);
    writeSource('cli/main.ts', cli('v2'));
    rmSync(at('src/unused.ts'));
    rmSync(at('dist/part.js'));
    expect(launch().stdout).toBe('hello v2\n');
    expect(existsSync(at('dist/unused.js'))).toBe(false);
  });

  it('runs the last good build where the source has errors', () => {
    launch();
    writeSource('cli/main.ts', `${cli('v2')}\nconst wrong: number = 'text';`);
    const { stdout, stderr, code } = launch();
    expect(stdout).toBe('hello v1\n');
    expect(stderr).toMatch(
      /src\/cli\/main\.ts\(7,7\): error TS2322.*: running the last build without/,
    );
    expect(code).toBe(7);
    writeSource('cli/main.ts', cli('v3'));
    expect(launch().stdout).toBe('hello v3\n');
  });

  it('runs with type errors where there is no build before', () => {
    writeSource('part.ts', "export const greeting: number = 'hello';");
    const { stdout, stderr } = launch();
    expect(stdout).toBe('hello v1\n');
    expect(stderr).toContain('src/ has errors (src/part.ts(1,14): error TS2322');
  });

  it('builds once for two at the same time', async () => {
    const start = (): Promise<Outcome> =>
      new Promise((resolve) => {
        const child = spawn('node', [at('src/launch.cjs')]);
        const outcome: Outcome = { stdout: '', stderr: '', code: null };
        child.stdout.on('data', (text) => (outcome.stdout += String(text)));
        child.stderr.on('data', (text) => (outcome.stderr += String(text)));
        child.on('close', (code) => resolve({ ...outcome, code }));
      });
    const both = await Promise.all([start(), start()]);
    expect(both.map(({ stdout }) => stdout)).toEqual(['hello v1\n', 'hello v1\n']);
    expect(both.map(({ stderr }) => stderr).join('')).toBe('bn-lab: compiling src/ ...\n');
  });

  it('takes over the lock of a build that was killed', () => {
    const { pid } = spawnSync('node', ['-e', '']);
    writeFileSync(at('node_modules/.bn-lab-build.lock'), String(pid));
    expect(launch().stdout).toBe('hello v1\n');
  });

  it('asks for npm ci', () => {
    rmSync(at('node_modules'), { recursive: true });
    expect(launch()).toEqual({
      stdout: '',
      stderr: `bn-lab: run npm ci in ${project} first\n`,
      code: 1,
    });
  });

  it('asks for a newer Node', () => {
    writeFileSync(at('package.json'), '{ "engines": { "node": "^20.19 || >=99.1" } }');
    vi.stubEnv('NODE_OPTIONS', `--require ${at('old.cjs')}`);
    const old = "{ value: { ...process.versions, node: '20.9.1' } }";
    writeFileSync(at('old.cjs'), `Object.defineProperty(process, 'versions', ${old});`);
    const { stderr, code } = launch();
    vi.unstubAllEnvs();
    expect(stderr).toBe(
      'bn-lab: needs Node ^20.19 || >=99.1 and this is 20.9.1: install a newer Node\n',
    );
    expect(code).toBe(1);
  });

  it('runs the doctor where the command line does not load', () => {
    writeSource('cli/main.ts', "throw new Error('broken');\nexport {};");
    writeSource(
      'cli/doctor.ts',
      'export const doctor = ({ log, ...options }: any) => log(JSON.stringify(options));',
    );
    const { stdout, stderr, code } = launch('doctor', '--fix', '--course');
    expect(JSON.parse(stdout)).toEqual({ fix: true, course: true, json: false });
    expect(stderr).toContain('bn-lab: dist/cli/main.js does not load: broken');
    expect(code).toBe(1);
    expect(launch('runs').stderr).toContain('Error: broken');
  });

  it('is what package.json starts, with a Node version that it can read', () => {
    const manifest = readFileSync(path.join(projectRoot, 'package.json'), 'utf8');
    const { bin, engines } = JSON.parse(manifest) as {
      bin: Record<string, string>;
      engines: { node: string };
    };
    expect(bin).toEqual({ 'bn-lab': 'src/launch.cjs' });
    expect(nodeSatisfies(engines.node, process.versions.node)).toBe(true);
    expect(nodeSatisfies(engines.node, '18.20.0')).toBe(false);
  });

  it.each([
    ['20.19.0', true],
    ['20.18.3', false],
    ['21.7.0', false],
    ['22.11.0', false],
    ['22.12.0', true],
    ['24.0.0', true],
    ['9.99.0', false],
  ])('Node %s', (version, enough) => {
    expect(nodeSatisfies('^20.19 || >=22.12', version)).toBe(enough);
  });
});
