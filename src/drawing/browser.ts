/** The browser that draws pictures: the user's own, else one from npm (Linux x64), unpacked into the checkout. */
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

import type { Browser } from 'playwright-core';
import { extract } from 'tar';

import { messageOf, UserError } from '../system/errors';
import { projectRoot, sharedRoot } from '../system/paths';

/** A browser that playwright-core can launch. */
export interface BrowserChoice {
  name: string;
  executablePath: string;
  /** Environment variables it needs beyond those of this process. */
  env?: Record<string, string>;
}

/** The browsers of this machine, best first; the one from npm is unpacked when it is its turn. */
async function* choices(): AsyncGenerator<BrowserChoice, void, undefined> {
  yield* installedBrowsers();
  const packed = await unpackBrowser();
  if (packed) yield packed;
}

/**
 * The browser of choice: `BN_BROWSER` (a path, or `none`), else an installed one, else the one from npm, which is
 * unpacked first (2 s, 220 MB, once). Undefined where there is none; throws UserError where BN_BROWSER is wrong.
 */
export async function findBrowser(): Promise<BrowserChoice | undefined> {
  for await (const choice of choices()) return choice;
  return undefined;
}

/** What BN_BROWSER says, else the browsers in their usual places. */
function installedBrowsers(): BrowserChoice[] {
  const { BN_BROWSER } = process.env;
  if (BN_BROWSER === 'none') return [];
  if (BN_BROWSER && !existsSync(BN_BROWSER)) {
    throw new UserError(`BN_BROWSER=${BN_BROWSER}: no such file; set it to a Chrome or Chromium`);
  }
  const places = BN_BROWSER ? [BN_BROWSER] : usualPlaces().filter((place) => existsSync(place));
  return places.map((executablePath) => ({ name: executablePath, executablePath }));
}

function usualPlaces(): string[] {
  const { env, platform } = process;
  const inFolders = (programs: string[], folders: (string | undefined)[]): string[] =>
    programs.flatMap((program) =>
      folders.flatMap((folder) => (folder ? [path.join(folder, program)] : [])),
    );
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return inFolders(
      apps.map((name) => `${name}.app/Contents/MacOS/${name}`),
      ['/Applications', path.join(homedir(), 'Applications')],
    );
  }
  if (platform === 'win32') {
    return inFolders(
      ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'],
      [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA],
    );
  }
  return inFolders(
    ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge'],
    (env.PATH ?? '').split(path.delimiter),
  );
}

interface PackedBrowser {
  version: string;
  /** The packed files. */
  source: string;
  /** Where they are unpacked to. */
  target: string;
}

/** The browser from npm, if this machine can run it. */
function packedBrowser(): PackedBrowser | undefined {
  const folder = path.join(projectRoot, 'node_modules', '@sparticuz', 'chromium');
  const fits = process.platform === 'linux' && process.arch === 'x64';
  if (!fits || process.env.BN_BROWSER || !existsSync(folder)) return undefined;
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = path.join(sharedRoot(), '.local', `chromium-${version}`);
  return { version, source: path.join(folder, 'bin'), target };
}

async function unpackBrowser(): Promise<BrowserChoice | undefined> {
  const packed = packedBrowser();
  if (!packed) return undefined;
  const { target, version } = packed;
  if (!existsSync(target)) {
    // Unpacked beside and renamed: a folder of that name is complete.
    const partial = `${target}.${process.pid}`;
    try {
      await unpack(packed, partial);
      await rename(partial, target);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      // Another process may have been faster; then its folder is as good.
      if (!existsSync(target)) {
        throw new UserError(`cannot unpack Chromium into ${target}: ${messageOf(error)}`);
      }
    }
  }
  return {
    name: `Chromium from npm (@sparticuz/chromium ${version})`,
    executablePath: path.join(target, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(target, 'lib'),
      FONTCONFIG_FILE: path.join(target, 'fonts.conf'),
    },
  };
}

async function unpack({ source, target }: PackedBrowser, folder: string): Promise<void> {
  await mkdir(path.join(folder, 'fonts'), { recursive: true });
  const expand = (name: string, to: NodeJS.WritableStream): Promise<void> =>
    pipeline(createReadStream(path.join(source, name)), createBrotliDecompress(), to);
  await Promise.all([
    expand('chromium.br', createWriteStream(path.join(folder, 'chromium'), { mode: 0o755 })),
    expand('swiftshader.tar.br', extract({ cwd: folder })),
    // Libraries that a small Linux lacks (nss, nspr, expat), and a font for one that has none.
    expand('al2023.tar.br', extract({ cwd: folder })),
    expand('fonts.tar.br', extract({ cwd: path.join(folder, 'fonts') })),
  ]);
  await writeFile(path.join(folder, 'fonts.conf'), fontSettings(path.join(target, 'fonts')));
}

/** The system's fonts, if it has any, and the unpacked one. */
const fontSettings = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}</dir>
</fontconfig>
`;

/** Starts the first browser that starts. Throws UserError where none does. */
export async function launchBrowser(): Promise<Browser> {
  const failures: string[] = [];
  for await (const choice of choices()) {
    try {
      return await launch(choice);
    } catch (error) {
      failures.push(`${choice.name} does not start: ${messageOf(error).split('\n')[0]}`);
    }
  }
  throw new UserError(`${failures.join('; ') || 'no browser for pictures'}: ${remedy}`);
}

async function launch({ executablePath, env }: BrowserChoice): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const start = (chromiumSandbox: boolean): Promise<Browser> =>
    chromium.launch({
      executablePath,
      chromiumSandbox,
      env: { ...process.env, ...env },
      // The stop button of a notebook sends SIGINT to the kernel; its browser shall stay.
      handleSIGINT: false,
    });
  // Chromium refuses to sandbox root, and cannot where the system forbids it (Ubuntu 24.04, many containers).
  // The page draws our own data and is cut off from the network.
  if (process.getuid?.() === 0) return start(false);
  return start(true).catch((error: unknown) => {
    if (/sandbox/i.test(messageOf(error))) return start(false);
    throw error;
  });
}

const remedy = 'install Chrome or Chromium, or set BN_BROWSER to one';

/** What `doctor` shows; the remedy is empty where there is a browser. */
export interface BrowserStatus {
  ready: boolean;
  detail: string;
  remedy: string;
}

/** Which browser draws pictures. Looks only: starts and unpacks nothing, never throws. */
export function browserStatus(): BrowserStatus {
  try {
    const [installed] = installedBrowsers();
    const packed = packedBrowser();
    const detail = installed?.name ?? (packed && `Chromium ${packed.version} from npm`);
    return detail
      ? { ready: true, detail, remedy: '' }
      : { ready: false, detail: 'none found: figures without PNG and SVG', remedy };
  } catch (error) {
    return { ready: false, detail: messageOf(error), remedy };
  }
}
