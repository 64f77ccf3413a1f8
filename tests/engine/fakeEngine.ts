/** Small engine folders for tests: what engine.json says of them is true, but there is no TensorFlow in them. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { bindingSource } from '../../src/engine/build';
import { ENGINE_FORMAT, type EngineInfo, fingerprint } from '../../src/engine/info';

export const temporaryFolder = (): string => mkdtempSync(path.join(tmpdir(), 'bn-engine-'));

/** Writes an engine whose "library" is a text file; `program` is the JavaScript that stands for the binding. */
export async function writeEngine(
  folder: string,
  { program = '', ...changes }: Partial<EngineInfo> & { program?: string } = {},
): Promise<EngineInfo> {
  mkdirSync(path.join(folder, 'tensorflow'), { recursive: true });
  writeFileSync(path.join(folder, 'tensorflow/library'), 'a library');
  writeFileSync(path.join(folder, 'binding.js'), program);
  const info: EngineInfo = {
    format: ENGINE_FORMAT,
    source: 'wheel',
    tensorflow: '2.21.0',
    cuda: false,
    platform: process.platform,
    arch: process.arch,
    binding: 'binding.js',
    bindingSource: bindingSource(),
    files: await fingerprint(folder, ['tensorflow/library', 'binding.js']),
    how: 'made by a test',
    seconds: 1,
    compiler: 'none',
    ...changes,
  };
  writeFileSync(path.join(folder, 'engine.json'), JSON.stringify(info));
  return info;
}
