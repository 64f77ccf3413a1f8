/** Configs, tables, names and command lines from outside are taken, or refused in one line; no name leaves its folder. */
import fs from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { runCli } from '../../src/cli/commands';
import { runId } from '../../src/config/hash';
import { deepLinearRun, vggRun } from '../../src/config/presets';
import { validateConfig } from '../../src/config/schema';
import type { ReproduceOptions } from '../../src/pages/reproduce';
import { isRunId, isTableName, runFolder, tableFile } from '../../src/runs/folders';
import { readConfig, readManifest } from '../../src/runs/manifest';
import { formatTable, parseTable } from '../../src/runs/table';
import { UserError } from '../../src/system/errors';
import { finished, temporaryFolder } from '../runs/sample';

const asked: ReproduceOptions[] = [];
vi.mock('../../src/pages/reproduce', () => ({
  reproduce: (options: ReproduceOptions) => {
    asked.push(options);
    throw new UserError('not trained here');
  },
}));

/** Runs `work`; it may fail in one way only: one line for the user. Returns whether it did not. */
function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).not.toMatch(/[\n\r]/);
    return false;
  }
}

/** JSON values, with the names that are dangerous as keys among the likely ones. */
const evilKey = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'length', '');
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(evilKey, fc.string()), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;

/** As JSON.parse makes it: `__proto__` is a key like any other. */
const parsed = (text: string): object => JSON.parse(text) as object;

describe('configs', () => {
  const good = fc.constantFrom<object>(vggRun('smoke'), deepLinearRun('smoke'));

  it('that are any JSON are refused in one line', () => {
    fc.assert(
      fc.property(json, (value) => {
        if (typeof value !== 'object' || value === null) return;
        expect(succeeds(() => validateConfig(parsed(JSON.stringify(value))))).toBe(false);
      }),
    );
  });

  it('with one value replaced are taken or refused, and change nothing of Object', () => {
    const place = fc.tuple(fc.boolean(), fc.nat(), fc.nat());
    fc.assert(
      fc.property(good, place, json, (config, [inProbes, first, second], value) => {
        const copy = structuredClone(config) as Record<string, Record<string, unknown>>;
        const group = inProbes ? Object.values(copy.probes!)[first % 3] : copy;
        const holder = group as Record<string, unknown>;
        const keys = Object.keys(holder);
        holder[keys[second % keys.length]!] = value;
        succeeds(() => validateConfig(parsed(JSON.stringify(copy))));
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it.each(['__proto__', 'constructor', 'toString', 'probes.__proto__'])(
    'with the key %s are refused by its name',
    (key) => {
      const text = JSON.stringify(vggRun('smoke')).replace(
        /}$/,
        `,${JSON.stringify(key)}:{"polluted":1}}`,
      );
      expect(() => validateConfig(parsed(text))).toThrow(`unknown key ${key}`);
    },
  );
});

describe('tables', () => {
  it('with any bytes changed, added or lost are read or refused', () => {
    const rows = fc.array(fc.tuple(fc.float(), fc.double(), fc.nat()), { maxLength: 8 });
    const change = fc.tuple(fc.nat(), fc.nat(20), fc.uint8Array({ maxLength: 20 }));
    fc.assert(
      fc.property(rows, fc.array(change, { maxLength: 4 }), (values, changes) => {
        let bytes = Buffer.from(formatTable({ columns: ['a', 'b', 'c'], rows: values }));
        for (const [at, length, added] of changes) {
          const start = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, start), added, bytes.subarray(start + length)]);
        }
        succeeds(() => {
          const { columns, rows: back } = parseTable(bytes.toString(), 'x.csv').table;
          expect(back.every((row) => row.length === columns.length)).toBe(true);
          expect(back.flat().every((value) => typeof value === 'number')).toBe(true);
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('files of a run', () => {
  it('with any JSON in place of a config or manifest are refused, and change nothing of Object', () => {
    const { folder } = finished(temporaryFolder());
    const id = path.basename(folder);
    fc.assert(
      fc.property(json, fc.boolean(), (value, polluting) => {
        const text = polluting
          ? '{"__proto__":{"polluted":1},"model":"vgg"}'
          : JSON.stringify(value);
        for (const name of ['config.json', 'manifest.json'])
          fs.writeFileSync(path.join(folder, name), text);
        expect(succeeds(() => readManifest(folder, id))).toBe(false);
        expect(succeeds(() => readConfig(folder, id))).toBe(false);
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      }),
    );
  });
});

describe('names', () => {
  const evilName = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('..', '.', '/', '\\', 'a', '\0', 'C:', '~', '%2e'), { maxLength: 6 })
      .map((parts) => parts.join('')),
  );

  it('of runs and tables stay in their folder', () => {
    fc.assert(
      fc.property(evilName, (name) => {
        if (succeeds(() => runFolder('/store', name)))
          expect(path.dirname(path.resolve(runFolder('/store', name)))).toBe(
            path.resolve('/store'),
          );
        if (isTableName(name))
          expect(path.dirname(path.resolve(tableFile('/store', name)))).toBe(
            path.resolve('/store'),
          );
      }),
      { numRuns: 500 },
    );
  });

  it('made of configs are names, whatever is in the configs', () => {
    fc.assert(
      fc.property(evilName, fc.double({ noNaN: true, noDefaultInfinity: true }), (text, rate) => {
        const config = {
          ...vggRun('smoke'),
          learningRate: rate,
          architecture: text,
          normalisation: text,
        };
        const id = runId(config as ReturnType<typeof vggRun>);
        expect(id).not.toMatch(/[^a-z0-9.-]/);
        // One that is too long or begins with a dot is refused as a folder, not cut.
        if (isRunId(id)) expect(path.basename(runFolder('/store', id))).toBe(id);
      }),
    );
  });
});

describe('command lines', () => {
  let store: string;
  beforeEach(() => {
    store = temporaryFolder();
    vi.stubEnv('BN_RUNS_DIR', store);
    asked.length = 0;
  });
  afterEach(() => void vi.unstubAllEnvs());

  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', '../..', '1', '0-2', '--', '-1', '1e9'),
  );

  it('of any words after a command end with a code and one line', async () => {
    const beginnings = [
      ['figure'],
      ['reproduce', '--seeds'],
      ['claims', '--preset'],
      ['runs', 'show'],
    ];
    const others = [
      ['runs', 'verify'],
      ['runs', 'repair', '--yes'],
      ['runs', 'remove', '--yes'],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...beginnings, ...others),
        fc.array(word, { maxLength: 3 }),
        async (beginning, rest) => {
          let stderr = '';
          const code = await runCli([...beginning, ...rest], {
            stdout: { write: () => {} },
            stderr: { write: (text) => (stderr += text) },
          });
          expect([0, 1, 2]).toContain(code);
          expect(stderr).not.toContain('a bug');
          if (code === 1) expect(stderr).toMatch(/^bn-lab: [^\n]*\n$/);
          for (const { preset, seeds } of asked.splice(0)) {
            expect(['smoke', 'quick', 'laptop', 'paper']).toContain(preset);
            expect(seeds!.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(fs.readdirSync(store)).toEqual([]);
  });
});
