/** What the engine says of a user's line where source maps are on, as the launcher, workers and the kernel have them. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { engineDir, projectRoot } from '../../src/system/paths';
import { hasFunctions } from './counts';

const folder = fs.mkdtempSync(path.join(tmpdir(), 'bn-lab-line-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** What a program of a user's prints; `npm test` has compiled dist/. */
function runUser(step: string): string {
  const file = path.join(folder, 'mine.js');
  const lines = [
    `const bn = require(${JSON.stringify(path.join(projectRoot, 'dist', 'index.js'))});`,
    `const step = ({ x }) => {`,
    `  ${step}`,
    `};`,
    `try { bn.compile(step, { name: 'mine' })({ x: bn.tf.ones([2]) }); }`,
    `catch (error) { console.log(error.message); }`,
  ];
  fs.writeFileSync(file, lines.join('\n'));
  const { stdout, stderr } = spawnSync(process.execPath, ['--enable-source-maps', file], {
    encoding: 'utf8',
    env: { ...process.env, BN_ENGINE_DIR: engineDir() },
  });
  return stdout || stderr;
}

describe.skipIf(!hasFunctions())('the line of a refused step, with source maps', () => {
  it.each([
    ['made in JavaScript', 'return { y: bn.tf.add(x, bn.tf.tensor([1, 2])) };'],
    ['reads a tensor back', 'return { y: bn.tf.mul(x, x.dataSync()[0]) };'],
  ])('is the user’s: %s', (what, step) => {
    const message = runUser(step);
    expect(message).toContain(what);
    expect(message).toContain(`${path.join(fs.realpathSync(folder), 'mine.js')}:3`);
  });
});
