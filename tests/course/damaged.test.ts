/** A notebook that cannot be read, on its way into the course. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, vi } from 'vitest';

import { release } from '../../src/course/nbgrader';
import { UserError } from '../../src/system/errors';
import type * as Paths from '../../src/system/paths';

const notebooks = vi.hoisted(() => ({ folder: '' }));
vi.mock('../../src/system/paths', async (original) => ({
  ...(await original<typeof Paths>()),
  get notebookFolder() {
    return notebooks.folder;
  },
}));
vi.mock('../../src/jupyter/notebooks', () => ({ notebookNames: () => ['theory.ipynb'] }));

it.each(['{"cells": [', '{"metadata": {}}'])('names the file of a notebook %s', async (content) => {
  notebooks.folder = fs.mkdtempSync(path.join(tmpdir(), 'bn-lab-'));
  const file = path.join(notebooks.folder, 'theory.ipynb');
  fs.writeFileSync(file, content);
  const released = release([], { out: path.join(notebooks.folder, 'course'), log: () => {} });
  await expect(released).rejects.toThrow(UserError);
  await expect(released).rejects.toThrow(`${file} is no notebook: `);
});
