import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { WheelPlan } from '../../src/engine/plan';
import { downloadWheels, extractWheels, findPython, type Python } from '../../src/engine/wheel';
import { temporaryFolder } from './fakeEngine';

const python = findPython() as Python;
const WHEEL = 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl';

const plan: WheelPlan = {
  cuda: false,
  packages: ['tensorflow-cpu'],
  tags: ['manylinux_2_27_x86_64'],
  libraries: ['libtensorflow_cc.so.2'],
  downloadMegabytes: 1,
  diskMegabytes: 1,
};

/** A zip file with the given text files. */
function makeZip(file: string, contents: Record<string, string>): void {
  const program = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    for name, text in json.loads(sys.argv[2]).items():
        archive.writestr(name, text)`;
  execFileSync(python.command, ['-c', program, file, JSON.stringify(contents)]);
}

/** The smallest thing that pip takes for the wheel. */
function makeWheel(folder: string): Buffer {
  const info = 'tensorflow_cpu-2.21.0.dist-info';
  makeZip(path.join(folder, WHEEL), {
    'tensorflow/libtensorflow_cc.so.2': 'library '.repeat(10_000),
    [`${info}/METADATA`]: 'Metadata-Version: 2.1\nName: tensorflow_cpu\nVersion: 2.21.0\n',
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nTag: cp312-cp312-manylinux_2_27_x86_64\n',
    [`${info}/RECORD`]: '',
  });
  return readFileSync(path.join(folder, WHEEL));
}

describe('downloadWheels', () => {
  let folder: string;
  let wheel: Buffer;
  let server: Server;
  /** How the package index answers for the wheel, request by request; the last answer stays. */
  let answers: ('good' | 'corrupt' | 'interrupted')[];
  let requests: number;
  let lines: string[];

  const download = (): Promise<string[]> =>
    downloadWheels(plan, python, {
      folder: path.join(folder, 'site'),
      log: (line) => lines.push(line),
      logFile: path.join(folder, 'log'),
      requirements: path.join(folder, 'requirements.txt'),
    });

  beforeEach(async () => {
    folder = temporaryFolder();
    wheel = makeWheel(folder);
    answers = ['good'];
    requests = 0;
    lines = [];
    const sha256 = createHash('sha256').update(wheel).digest('hex');
    const pinned = `tensorflow-cpu==2.21.0 \\\n    --hash=sha256:${sha256}\n`;
    writeFileSync(path.join(folder, 'requirements.txt'), pinned);
    server = createServer((request, response) => {
      if (!request.url?.endsWith('.whl')) {
        response.setHeader('content-type', 'text/html').end(`<a href="/${WHEEL}">${WHEEL}</a>`);
        return;
      }
      const answer = answers[Math.min(requests++, answers.length - 1)];
      response.setHeader('content-length', wheel.length);
      if (answer === 'interrupted') {
        response.write(wheel.subarray(0, wheel.length / 2), () => response.destroy());
      } else {
        response.end(answer === 'good' ? wheel : Buffer.alloc(wheel.length, 'x'));
      }
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    // Only this index, whatever pip is set to on this machine.
    vi.stubEnv('PIP_CONFIG_FILE', '/dev/null');
    vi.stubEnv('PIP_INDEX_URL', `http://127.0.0.1:${port}/simple`);
    for (const name of ['PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS', 'PIP_CONSTRAINT']) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    vi.stubEnv('PIP_NO_CACHE_DIR', '1');
    vi.stubEnv('PIP_RETRIES', '0');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.close();
  });

  it('uses what an earlier try left, if it is right', async () => {
    mkdirSync(path.join(folder, 'site/wheels'), { recursive: true });
    writeFileSync(path.join(folder, 'site/wheels', WHEEL), wheel.subarray(100));
    const [file] = await download();
    expect(readFileSync(file as string)).toEqual(wheel);
    expect(requests).toBe(1);
    await download();
    expect(requests).toBe(1);
    expect(lines).toEqual([]);
  });

  it.each(['corrupt', 'interrupted'] as const)(
    'downloads again when the first is %s',
    async (kind) => {
      answers = [kind, 'good'];
      const [file] = await download();
      expect(readFileSync(file as string)).toEqual(wheel);
      expect(requests).toBeGreaterThanOrEqual(2);
    },
  );

  it('gives up after the second, with the log', async () => {
    answers = ['corrupt'];
    await expect(download()).rejects.toThrow(
      /pip could not download TensorFlow: .* \(log: .*log\)/,
    );
    expect(requests).toBe(2);
    expect(lines).toHaveLength(1);
    expect(readFileSync(path.join(folder, 'log'), 'utf8')).toContain('Expected sha256');
  });
});

describe('extractWheels', () => {
  const extract = async (contents: Record<string, string>, changes: Partial<WheelPlan> = {}) => {
    const folder = temporaryFolder();
    const wheel = path.join(folder, WHEEL);
    makeZip(wheel, contents);
    const target = path.join(folder, 'engine');
    mkdirSync(target);
    const logFile = path.join(folder, 'log');
    const names = await extractWheels({ ...plan, ...changes }, python, [wheel], {
      target,
      logFile,
    });
    return { target, names };
  };

  it('takes libraries and the headers of the C API', async () => {
    const { target, names } = await extract({
      'tensorflow/libtensorflow_cc.so.2': 'library',
      'tensorflow/include/tensorflow/c/eager/c_api.h': 'header',
      'tensorflow/include/tensorflow/core/framework/op.h': 'not needed',
      'tensorflow/python/_pywrap_tfe.so': 'not needed',
      '../outside.txt': 'not wanted',
    });
    expect(names).toEqual(['tensorflow/libtensorflow_cc.so.2']);
    const has = (name: string): boolean => existsSync(path.join(target, 'tensorflow', name));
    expect(has('include/tensorflow/c/eager/c_api.h')).toBe(true);
    expect(has('include/tensorflow/core')).toBe(false);
    expect(has('python')).toBe(false);
  });

  it('lays CUDA out so that no library path has to be set', async () => {
    const { target, names } = await extract(
      {
        'tensorflow/libtensorflow_cc.so.2': 'library',
        'nvidia/cusolver/lib/libcusolver.so.11': 'solver',
        'nvidia/cusolver/lib/libcusolverMg.so.11': 'not needed',
        'nvidia/cusparse/lib/libcusparse.so.12': 'sparse',
        'nvidia/cuda_nvrtc/lib/libnvrtc.so.12': 'nvrtc',
        'nvidia/cuda_nvcc/bin/ptxas': 'tool',
        'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc': 'bitcode',
      },
      { cuda: true },
    );
    expect(names).toHaveLength(6);
    expect(names).not.toContain('nvidia/cusolver/lib/libcusolverMg.so.11');
    const read = (name: string): string => readFileSync(path.join(target, name), 'utf8');
    expect(read('nvidia/cusparse/lib/libcusolver.so.11')).toBe('solver');
    expect(read('nvidia/nvrtc/lib/libnvrtc.so.12')).toBe('nvrtc');
    expect(path.isAbsolute(readlinkSync(path.join(target, 'nvidia/nvrtc')))).toBe(false);
    expect(statSync(path.join(target, 'nvidia/cuda_nvcc/bin/ptxas')).mode & 0o111).toBe(0o111);
  });

  it('misses a library', async () => {
    const without = extract({ 'tensorflow/other': '' });
    await expect(without).rejects.toThrow(/could not unpack libtensorflow_cc.so.2 \(not in the/);
  });
});
