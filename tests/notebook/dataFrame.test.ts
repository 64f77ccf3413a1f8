import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { Tensor } from '../../src/engine/tf';
import { loadDanfo, toDataFrame } from '../../src/notebook/dataFrame';

describe('DataFrames without an engine', () => {
  const empty = mkdtempSync(path.join(tmpdir(), 'bn-lab-'));
  beforeAll(() => void vi.stubEnv('BN_ENGINE_DIR', empty));
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(empty, { recursive: true });
  });

  it('work on TensorFlow.js in plain JavaScript, and leave the name tfjs-node free', () => {
    const frame = toDataFrame({
      columns: ['run', 'loss'],
      rows: [
        [0, 2],
        [0, 4],
        [1, 8],
      ],
    });
    expect(frame.groupby(['run']).mean().values).toEqual([
      [0, 3],
      [1, 8],
    ]);
    expect(frame.shape).toEqual([3, 2]);
    expect((frame.tensor as Tensor).shape).toEqual([3, 2]);
    expect(require.cache[require.resolve('@tensorflow/tfjs-node')]).toBeUndefined();
  });

  it('say what to do instead of reading an address or an Excel file', async () => {
    const { readCSV, toExcel } = loadDanfo();
    await expect(readCSV('https://example.org/a.csv')).rejects.toThrow(/fetch the table/);
    const frame = toDataFrame({ columns: ['a'], rows: [[1]] });
    expect(() => toExcel(frame, { filePath: 'a.xlsx' })).toThrow(/use CSV or JSON/);
  });
});
