/** JupyterLab as its users see it: started on a free port, driven in a headless browser. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Locator, Page } from 'playwright-core';

import { labArguments, spawnJupyter } from '../../src/jupyter/environment';

export interface LabServer {
  /** A folder of its own, outside the checkout unless another one was given. */
  root: string;
  /** The address of a path in Lab, e.g. `tree/a.ipynb`. */
  address(path: string): string;
  stop(): Promise<void>;
}

export interface LabServerOptions {
  /**
   * Default: a temporary folder. Copy a notebook of the checkout there to run it: Lab saves what it has open, and the
   * kernel finds the project from anywhere.
   */
  root?: string;
  /** Default `JupyterLab Light`. */
  theme?: 'JupyterLab Light' | 'JupyterLab Dark';
  env?: NodeJS.ProcessEnv;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Starts JupyterLab as `lab` does, but without a browser and with settings of its own. */
export async function startLab(options: LabServerOptions = {}): Promise<LabServer> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'bn-lab-'));
  const { root = path.join(scratch, 'root'), theme = 'JupyterLab Light' } = options;
  mkdirSync(root, { recursive: true });
  writeSettings(path.join(scratch, 'settings'), theme);
  const port = await freePort();
  const token = 'token-of-the-test';
  const child = await spawnJupyter(labArguments({ browser: false, port, root }), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...options.env,
      JUPYTER_TOKEN: token,
      JUPYTER_CONFIG_DIR: path.join(scratch, 'config'),
      JUPYTERLAB_SETTINGS_DIR: path.join(scratch, 'settings'),
      JUPYTERLAB_WORKSPACES_DIR: path.join(scratch, 'workspaces'),
    },
  });
  let log = '';
  child.stdout?.on('data', (bytes) => (log += String(bytes)));
  child.stderr?.on('data', (bytes) => (log += String(bytes)));
  const stop = async (): Promise<void> => {
    await stopProcess(child);
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    await waitForServer(`http://127.0.0.1:${port}/api/status?token=${token}`, child);
  } catch (error) {
    await stop();
    throw new Error(`JupyterLab did not start: ${String(error)}\n${log}`);
  }
  return {
    root,
    address: (place) => `http://127.0.0.1:${port}/lab/${place}?token=${token}`,
    stop,
  };
}

/** Lab keeps only the cells in view in the page unless told. */
function writeSettings(folder: string, theme: string): void {
  const write = (plugin: string, settings: object): void => {
    const file = path.join(folder, '@jupyterlab', `${plugin}.jupyterlab-settings`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings));
  };
  write('notebook-extension/tracker', { windowingMode: 'none' });
  write('apputils-extension/themes', { theme });
}

/** Asks the server to end; it shuts its kernels down first. */
function stopProcess(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.on('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

async function waitForServer(url: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('no answer within 60 s');
}

/** Writes a notebook with these code cells, none of them run. */
export function writeNotebook(file: string, cells: readonly string[]): void {
  const notebook = {
    cells: cells.map((source, i) => ({
      cell_type: 'code',
      id: `cell-${i}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
    metadata: {
      kernelspec: { name: 'tslab', language: 'typescript', display_name: 'TypeScript (bn-lab)' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(file, JSON.stringify(notebook));
}

/** Opens a notebook of the server's root and waits for its kernel. */
export async function openNotebook(page: Page, server: LabServer, name: string): Promise<void> {
  await page.goto(server.address(`tree/${name}`));
  await codeCell(page, 0).waitFor({ timeout: 60_000 });
  await page.getByText('TypeScript (bn-lab) | Idle').waitFor({ timeout: 60_000 });
}

/** The code cell of this number, from 0. */
export const codeCell = (page: Page, index: number): Locator =>
  page.locator('.jp-Notebook .jp-CodeCell').nth(index);

/** Starts a cell as Ctrl-Enter does; does not wait for it. */
export async function runCell(page: Page, index: number): Promise<void> {
  const editor = codeCell(page, index).locator('.cm-content');
  await editor.scrollIntoViewIfNeeded();
  await editor.click();
  await page.keyboard.press('Control+Enter');
}

/** Waits until a cell has an output that matches the selector (default: any) and returns it. */
export async function waitForOutput(
  page: Page,
  index: number,
  selector = '.jp-OutputArea-output',
  timeout = 30_000,
): Promise<Locator> {
  const output = codeCell(page, index).locator(`.jp-OutputArea ${selector}`).first();
  await output.waitFor({ timeout });
  return output;
}

/** Waits until a cell has ended and returns its execution count. */
export async function waitForEnd(page: Page, index: number, timeout = 30_000): Promise<number> {
  const prompt = codeCell(page, index).locator('.jp-InputPrompt');
  await prompt.filter({ hasText: /\[\d+\]/ }).waitFor({ timeout });
  return Number(/\d+/.exec(await prompt.innerText())?.[0]);
}

/** Presses the stop button of the notebook's toolbar. */
export async function pressStop(page: Page): Promise<void> {
  await page.locator('[data-command="notebook:interrupt-kernel"]').first().click();
}

/** Puts the pointer on the picture of a figure, which turns it into an interactive one. */
export async function wakeFigure(page: Page, index: number): Promise<Locator> {
  const picture = await waitForOutput(page, index, 'img');
  await picture.scrollIntoViewIfNeeded();
  // Not hover(): the picture is gone as soon as the pointer is on it.
  const box = await picture.boundingBox();
  // Without a box it is gone already: the pointer was there when the picture appeared.
  if (box) await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  return waitForOutput(page, index, '.js-plotly-plot');
}
