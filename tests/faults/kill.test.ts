/**
 * `bn-lab reproduce --preset smoke` killed at random places, resumed each time: the end is the same to the byte.
 * Half of the kills come from outside at a random time, half at a random file operation, in the middle of a write.
 * Six kills unless BN_KILLS says how many; BN_KILL_SEED (printed) makes the same choices again. The full form:
 *   BN_KILLS=50 npm test -- tests/faults/kill.test.ts
 */
import fs from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Manifest } from '../../src/runs/run';
import { verifyRuns } from '../../src/runs/verify';
import { stopSignals } from '../../src/system/stoppable';
import { type Outcome, outcomeOf } from '../runs/compiled';
import { temporaryFolder } from '../runs/sample';
import { type Checkout, makeCheckout } from './checkout';

const kills = Number(process.env.BN_KILLS ?? 6);
const seed = Number(process.env.BN_KILL_SEED ?? Date.now() % 1_000_000);
/** Networks of both kinds; more of them in the full form. */
const figures = ['--figures', kills < 20 ? '4,10' : '1,8,10'];
/** Uniform numbers in [0, 1) (mulberry32). */
function uniform(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Where one reproduction keeps its things. */
interface Place {
  store: string;
  out: string;
  journal: string;
}

function newPlace(): Place {
  const folder = temporaryFolder();
  const inside = (name: string): string => path.join(folder, name);
  fs.writeFileSync(inside('journal'), '');
  return { store: inside('runs'), out: inside('figures'), journal: inside('journal') };
}

let checkout: Checkout;
let reference: Place;
let referenceSeconds: number;

const start = ({ store, out, journal }: Place, checkpointSeconds: number, death?: number) =>
  checkout.start(['reproduce', '--preset', 'smoke', '--out', out, ...figures], {
    store,
    checkpointSeconds,
    fault: { journal, death },
  });

type Entry = { run: string; step: number; sha256: string } | { death: string; file: string };

const entriesOf = ({ journal }: Place): Entry[] =>
  fs
    .readFileSync(journal, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);

/** What must be the same in the end: tables and configs of runs, numbers of figures; of manifests all but times. */
function results({ store, out }: Place): Map<string, string> {
  const files = new Map<string, string>();
  for (const [kind, folder] of Object.entries({ store, out })) {
    if (!fs.existsSync(folder)) continue;
    for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(csv|json)$/.test(name)) continue;
      const text = fs.readFileSync(path.join(folder, name), 'utf8');
      files.set(`${kind}/${name}`, name.endsWith('manifest.json') ? withoutTimes(text) : text);
    }
  }
  return files;
}

function withoutTimes(text: string): string {
  const { started, finished, seconds, phases, sha256, ...rest } = JSON.parse(text) as Manifest & {
    sha256: string;
  };
  expect([typeof started, typeof seconds, typeof sha256]).toEqual(['string', 'number', 'string']);
  // Of the deep linear network there are none.
  expect(['object', 'undefined']).toContain(typeof phases);
  return JSON.stringify({ ...rest, finished: finished !== undefined });
}

/** No damage, and no figure file that is not whole. */
function expectWhole(place: Place, wanted: Map<string, string>): void {
  const checks = verifyRuns(undefined, {
    root: place.store,
    recorded: path.join(place.store, '-'),
  });
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  for (const [name, text] of results(place)) {
    if (name.startsWith('out/')) expect([name, text]).toEqual([name, wanted.get(name)]);
  }
}

beforeAll(async () => {
  checkout = makeCheckout();
  const folder = path.join(checkout.folder, 'reference');
  fs.mkdirSync(folder);
  const inside = (name: string): string => path.join(folder, name);
  reference = { store: inside('runs'), out: inside('figures'), journal: inside('journal') };
  const began = performance.now();
  const outcome = await outcomeOf(start(reference, 0));
  referenceSeconds = (performance.now() - began) / 1000;
  expect(outcome).toMatchObject({ code: 0 });
}, 300_000);
afterAll(() => checkout?.remove());

describe(`a reproduction, seed ${seed}`, () => {
  it(
    `that is killed ${kills} times ends with the same bytes as one that is not`,
    { timeout: 60_000 * Math.max(3, kills) },
    async () => {
      const random = uniform(seed);
      const wanted = results(reference);
      const checkpoints = new Map<string, string>();
      let compared = 0;
      const deaths = new Map<string, number>();
      const count = (what: string): void => void deaths.set(what, (deaths.get(what) ?? 0) + 1);
      const note = (place: Place): void => {
        for (const entry of entriesOf(place)) {
          if ('death' in entry) {
            count(`${entry.death} of ${entry.file.replace(/\.\d+\.bn-lab-tmp$/, '')}`);
            continue;
          }
          const key = `${entry.run} at ${entry.step}`;
          const before = checkpoints.get(key) ?? entry.sha256;
          if (checkpoints.has(key)) compared++;
          expect([key, entry.sha256]).toEqual([key, before]);
          checkpoints.set(key, before);
        }
      };
      note(reference);
      const ends: Place[] = [];
      for (let killed = 0; killed < kills;) {
        const place = newPlace();
        for (let ended = false; !ended;) {
          const outcome = await session(place, random, killed < kills);
          expect(outcome.stderr).not.toContain('bn-lab:');
          if (outcome.signal === 'SIGKILL') {
            killed++;
            if (!outcome.byItself) {
              count(/step \d+ of/.test(outcome.stderr) ? 'training, or what follows' : 'starting');
            }
            expectWhole(place, wanted);
          } else {
            expect(outcome.code).toBe(0);
            ended = true;
          }
        }
        expect(results(place)).toEqual(wanted);
        note(place);
        ends.push(place);
      }
      expect(compared).toBeGreaterThan(0);
      console.log(
        `${kills} kills or more over ${ends.length} reproductions (BN_KILL_SEED=${seed}); ` +
          `${compared} checkpoints compared; killed at:`,
        Object.fromEntries([...deaths].sort(([, a], [, b]) => b - a)),
      );
    },
  );

  it('that gets one signal after the other ends with 130 each time, and goes on', async () => {
    const place = newPlace();
    for (const name of stopSignals) {
      const child = start(place, 1);
      const outcome = outcomeOf(child);
      let sent = false; // once: a second one does not wait for the checkpoint
      child.stderr!.on('data', (chunk: Buffer) => {
        if (!sent && /step \d+ of/.test(chunk.toString())) sent = child.kill(name);
      });
      const { code, stderr } = await outcome;
      expect(code).toBe(130);
      expect(stderr).toMatch(
        /\nbn-lab: stopped( at step \d+ of 30)?: the same command goes on from there\n$/,
      );
      expectWhole(place, results(reference));
    }
    expect(await outcomeOf(start(place, 1))).toMatchObject({ code: 0 });
    expect(results(place)).toEqual(results(reference));
  });
});

/** One process from its start to its end, natural or not. */
async function session(
  place: Place,
  random: () => number,
  mortal: boolean,
): Promise<Outcome & { byItself: boolean }> {
  const byItself = mortal && random() < 0.5;
  // Early operations too, although most come late: even on a logarithmic scale.
  const death = byItself ? Math.ceil(Math.exp(Math.log(1500) * random())) : undefined;
  const child = start(place, 0.2 * random(), death);
  const outcome = outcomeOf(child);
  const patience = 500 + random() * referenceSeconds * 1000;
  const timer = mortal && !byItself ? setTimeout(() => child.kill('SIGKILL'), patience) : undefined;
  const result = await outcome;
  clearTimeout(timer);
  return { ...result, byItself };
}
