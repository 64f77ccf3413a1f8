import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { bindingSource, compileBinding, type Compiler, findCompiler } from '../../src/engine/build';
import { type EngineInfo, engineStatus } from '../../src/engine/info';
import { installEngine } from '../../src/engine/install';
import { installPrebuilt } from '../../src/engine/prebuilt';
import { selfCheck } from '../../src/engine/selfCheck';
import { UserError } from '../../src/system/errors';
import { withLock } from '../../src/system/lock';
import { engineDir } from '../../src/system/paths';
import { openFolder, refusalOf } from '../support/readOnly';
import { temporaryFolder, writeEngine } from './fakeEngine';

const installed = engineDir();
const info = engineStatus().info as EngineInfo;
const isWheel = info.source === 'wheel';

/** The installed engine at another place: every file is a hard link. */
function linkEngine(target: string): string {
  const names = readdirSync(installed, { recursive: true, withFileTypes: true });
  for (const entry of names.filter((name) => name.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const copy = path.join(target, path.relative(installed, file));
    mkdirSync(path.dirname(copy), { recursive: true });
    if (entry.name === 'engine.json') writeFileSync(copy, readFileSync(file));
    else linkSync(file, copy);
  }
  return target;
}

let folder: string;
beforeEach(() => {
  // Beside the engine: hard links do not cross disks.
  folder = path.join(path.dirname(installed), `.engine.tmp-test-${process.pid}-${Date.now()}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('installEngine', () => {
  it.skipIf(!isWheel)(
    'compiles an outdated binding once for two that ask',
    async () => {
      linkEngine(folder);
      vi.stubEnv('BN_ENGINE_DIR', folder);
      writeFileSync(
        path.join(folder, 'engine.json'),
        JSON.stringify({ ...info, bindingSource: 'older' }),
      );
      expect(engineStatus().needs).toBe('compile');
      const lines: string[] = [];
      const log = (line: string): void => void lines.push(line);
      const [first, second] = await Promise.all([installEngine({ log }), installEngine({ log })]);
      expect(first.bindingSource).toBe(bindingSource());
      expect(second).toEqual(first);
      expect(lines.filter((line) => line.startsWith('compiling'))).toHaveLength(1);
      expect(lines.filter((line) => line.includes('waiting'))).toHaveLength(1);
      expect(engineStatus().ready).toBe(true);
      // A rename and not a write into the file that another process may have loaded.
      const original = readFileSync(path.join(installed, 'engine.json'), 'utf8');
      expect(JSON.parse(original)).toEqual(info);
      const { size } = info.files[info.binding]!;
      expect(statSync(path.join(installed, info.binding)).size).toBe(size);
    },
    300_000,
  );

  it('leaves a right engine alone', async () => {
    await writeEngine(folder);
    vi.stubEnv('BN_ENGINE_DIR', folder);
    const lines: string[] = [];
    const found = await installEngine({ log: (line) => void lines.push(line) });
    expect(found.how).toBe('made by a test');
    expect(lines).toEqual([]);
  });

  it('does not replace a folder that holds something else', async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'thesis.tex'), 'years of work');
    vi.stubEnv('BN_ENGINE_DIR', folder);
    await expect(installEngine({ log: () => {} })).rejects.toThrow(/holds thesis.tex, which is/);
    expect(readdirSync(folder)).toEqual(['thesis.tex']);
  });

  it('says that it cannot write', async () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    vi.stubEnv('BN_ENGINE_DIR', path.join(file, 'engine'));
    await expect(installEngine({ log: () => {} })).rejects.toThrow(/could not install .*BN_ENGINE/);
  });

  it.skipIf(process.platform === 'win32')(
    'asks the owner of a shared installation for an engine',
    async () => {
      const shared = openFolder();
      vi.stubEnv('BN_SHARED', shared);
      vi.stubEnv('BN_ENGINE_DIR', undefined);
      expect(await refusalOf(shared, () => installEngine({ log: () => {} }))).toBe(
        `UserError: cannot lock ${shared}/.engine.lock: no permission; ask whoever looks after ` +
          `${shared} to run npx bn-lab doctor --fix there, or set BN_ENGINE_DIR to a folder of your own`,
      );
    },
  );
});

describe('compileBinding', () => {
  const compiler = findCompiler();

  it.skipIf(!compiler)('gives the first error and the log', async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'binding.cc'), '// first line\nint broken = "text";\n');
    const logFile = path.join(folder, 'log');
    const failing = compileBinding(compiler as Compiler, {
      engine: folder,
      libraries: [],
      output: 'out.node',
      logFile,
      source: folder,
    });
    await expect(failing).rejects.toThrow(UserError);
    await expect(failing).rejects.toThrow(/binding\.cc:2:\d+: error: .* \(log: /);
    expect(readFileSync(logFile, 'utf8')).toContain('binding.cc');
  });
});

describe('selfCheck', () => {
  it('runs an op in the installed engine', async () => {
    const check = await selfCheck(info);
    expect(check).toMatchObject({ ok: true, tensorflow: info.tensorflow, failure: '' });
  });

  it.skipIf(!isWheel)('runs in an engine that was moved', async () => {
    linkEngine(folder);
    expect((await selfCheck(info, { folder })).ok).toBe(true);
  });

  it.each([
    ['process.abort()', /SIGABRT|exit code/],
    ['throw new TypeError("no such op")', /^TypeError: no such op/],
    ['process.exit(0)', /said nothing/],
  ])('survives a library that does %s', async (program, failure) => {
    const fake = await writeEngine(folder, { program });
    const check = await selfCheck(fake, { folder });
    expect(check.ok).toBe(false);
    expect(check.failure).toMatch(failure);
  });
});

describe('installPrebuilt', () => {
  const manifest = '{ "name": "tfjs-node" }\n';
  /** A tfjs-node whose install script is `script`. */
  function fakePackage(script: string): string {
    mkdirSync(path.join(folder, 'scripts'), { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), manifest);
    writeFileSync(path.join(folder, 'scripts/install.js'), `const fs = require('fs');\n${script}`);
    return folder;
  }
  const install = (script: string): ReturnType<typeof installPrebuilt> =>
    installPrebuilt({
      logFile: path.join(temporaryFolder(), 'log'),
      why: 'there is no C++ compiler',
      package: fakePackage(script),
    });

  it('finds the binding for this Node and the libraries', async () => {
    const { binding, libraries } = await install(`
      fs.writeFileSync('package.json', 'rewritten');
      for (const name of ['lib/napi-v3', 'lib/napi-v8', 'lib/napi-v99', 'deps/lib'])
        fs.mkdirSync(name, { recursive: true });
      for (const name of ['lib/napi-v3', 'lib/napi-v8', 'lib/napi-v99'])
        fs.writeFileSync(name + '/tfjs_binding.node', '');
      fs.writeFileSync('deps/lib/libtensorflow.so.2', '');
      fs.writeFileSync('deps/lib/tensorflow.dll', 'dll');`);
    expect(path.relative(folder, binding)).toBe(path.join('lib', 'napi-v8', 'tfjs_binding.node'));
    expect(libraries.map((file) => path.basename(file)).sort()).toEqual([
      'libtensorflow.so.2',
      'tensorflow.dll',
    ]);
    expect(existsSync(path.join(folder, 'lib/napi-v8/tensorflow.dll'))).toBe(true);
    expect(readFileSync(path.join(folder, 'package.json'), 'utf8')).toBe(manifest);
  });

  it('tells both ways out where the download fails', async () => {
    const failing = install(`fs.writeFileSync('package.json', ''); process.exit(1);`);
    await expect(failing).rejects.toThrow(
      /no C\+\+ compiler, and .* failed .*apt-get install g\+\+/,
    );
    expect(readFileSync(path.join(folder, 'package.json'), 'utf8')).toBe(manifest);
  });
});

describe('withLock', () => {
  it('lets one work at a time, also after one that failed', async () => {
    const lock = path.join(temporaryFolder(), 'lock');
    const events: string[] = [];
    const work = (name: string, fails: boolean) =>
      withLock(lock, async () => {
        events.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        events.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const both = await Promise.allSettled([work('a', true), work('b', false)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(existsSync(lock)).toBe(false);
  });
});
