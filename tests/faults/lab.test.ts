/** JupyterLab as the project starts it: heard on the loopback address alone, and closed to those without its token. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { jupyterStatus, labArguments, spawnJupyter } from '../../src/jupyter/environment';
import { temporaryFolder } from '../runs/sample';

const { ready, detail } = jupyterStatus();
if (!ready) console.log(`JupyterLab is not tested: ${detail}`);

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** The local addresses, in hex, on which this machine listens at a port. */
function listeners(port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local!.endsWith(`:${wanted}`))
    .map(([, local]) => local!.split(':')[0]!);
}

async function statusOf(url: string): Promise<number | undefined> {
  try {
    return (await fetch(url, { redirect: 'manual' })).status;
  } catch {
    return undefined; // not up yet
  }
}

describe('JupyterLab', () => {
  it('is told the loopback address, and nothing about its token or password', () => {
    const args = labArguments({ browser: false, port: 9999 }).join(' ');
    expect(args).toContain('--ServerApp.ip=127.0.0.1 ');
    expect(args).not.toMatch(/token|password|disable_check|allow_origin/i);
  });

  it.skipIf(!ready || process.platform !== 'linux')(
    'listens on 127.0.0.1 only, and refuses those without the token that it made',
    async () => {
      const scratch = temporaryFolder();
      const root = path.join(scratch, 'root');
      mkdirSync(root);
      const port = await freePort();
      const child = await spawnJupyter(labArguments({ browser: false, port, root }), {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { JUPYTER_TOKEN: undefined, JUPYTER_CONFIG_DIR: path.join(scratch, 'config') },
      });
      onTestFinished(async () => {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await ended;
      });
      let log = '';
      child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()));
      const contents = `http://127.0.0.1:${port}/api/contents`;
      while ((await statusOf(contents)) === undefined) {
        expect(child.exitCode).toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(listeners(port)).toEqual(['0100007F']);
      expect(await statusOf(contents)).toBe(403);
      expect(await statusOf(`${contents}?token=wrong`)).toBe(403);
      const token = /token=([0-9a-f]{32,})/.exec(log)?.[1];
      expect(token).toBeDefined();
      expect(await statusOf(`${contents}?token=${token}`)).toBe(200);
    },
  );
});
