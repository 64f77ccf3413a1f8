/** The process that times PyTorch: how it fails, and, where the benchmark has installed PyTorch, what it answers. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { type PyTorchPartner, startPyTorch } from '../../src/bench/pytorch';
import { UserError } from '../../src/system/errors';
import { projectRoot } from '../../src/system/paths';

const folder = mkdtempSync(path.join(tmpdir(), 'bn-lab-pytorch-'));
let partner: PyTorchPartner | undefined;

afterEach(async () => {
  await partner?.close();
  partner = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a PyTorch that cannot work', () => {
  it('is an error with a remedy where its Python is missing', async () => {
    partner = startPyTorch(path.join(folder, 'no-such-python'));
    const error = await failure(partner.request({ request: 'info' }));
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(/ENOENT.*remove .*pytorch to install it anew/);
  });

  it('is an error with its last words where it stops', async () => {
    const python = path.join(folder, 'python');
    writeFileSync(python, '#!/bin/sh\necho "No module named torch" >&2\n', { mode: 0o755 });
    partner = startPyTorch(python);
    const first = partner.request({ request: 'info' });
    const second = partner.request({ request: 'time', case: 'vgg16-bn-b128' });
    for (const request of [first, second]) {
      const error = await failure(request);
      expect(error).toBeInstanceOf(UserError);
      expect(String(error)).toContain('has ended: No module named torch;');
    }
    expect(await failure(partner.request({ request: 'info' }))).toBeInstanceOf(UserError);
  });
});

const python = path.join(projectRoot, '.local', 'pytorch', 'bin', 'python');

describe.skipIf(!existsSync(python))('PyTorch as installed by the benchmark', () => {
  it('answers in order, refuses what it does not know and goes on', async () => {
    partner = startPyTorch(python, { threads: 1, device: 'cpu' });
    const info = partner.request({ request: 'info' });
    const refused = failure(partner.request({ request: 'time', case: 'vgg12' }));
    const timing = partner.request({ request: 'time', case: 'deep-linear-batch', steps: 2 });

    expect(await info).toMatchObject({ device: 'cpu', gpu: false, threads: 1 });
    expect((await info).cases['vgg11-bn-eighth-b64']).toEqual({
      batch: 64,
      layouts: ['channels_first', 'channels_last'],
      modes: ['eager'],
    });
    expect(String(await refused)).toMatch(/case 'vgg12' is not one of vgg16-bn-b128/);
    const { seconds, loss, ...rest } = await timing;
    expect(rest).toEqual({
      case: 'deep-linear-batch',
      layout: 'channels_first',
      mode: 'eager',
      steps: 2,
    });
    expect(seconds).toBeGreaterThan(0);
    expect(loss).toBeGreaterThan(0);
    // Loading PyTorch takes seconds, on a busy machine many.
  }, 180_000);
});
