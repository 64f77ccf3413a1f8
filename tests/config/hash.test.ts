import fs from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalJson, configHash, runId } from '../../src/config/hash';
import type { RunConfig } from '../../src/config/schema';
import { UserError } from '../../src/system/errors';

describe('canonicalJson', () => {
  it('sorts keys at every depth and leaves lists in order', () => {
    expect(canonicalJson({ b: [{ z: 1, a: 2 }, null], a: { d: true, c: 'x' } })).toBe(
      '{"a":{"c":"x","d":true},"b":[{"a":2,"z":1},null]}',
    );
  });

  it('spells equal numbers alike', () => {
    expect(canonicalJson([0.1, -0, 1e21, 5e-324, 4e-4])).toBe('[0.1,0,1e+21,5e-324,0.0004]');
    expect(canonicalJson(JSON.parse('{"a":1e-1,"b":1.0,"c":100e-2}'))).toBe(
      '{"a":0.1,"b":1,"c":1}',
    );
  });

  it.each([
    [{ l2: NaN }, /l2 is NaN/],
    [{ probes: { every: [1, Infinity] } }, /probes\.every\[1\] is Infinity/],
    [{ l2: undefined }, /l2 is undefined/],
    [[, 1], /\[0\] is undefined/],
    [{ when: new Date(0) }, /when is a Date/],
    [{ values: new Float32Array(2) }, /values is a Float32Array/],
    [{ f: () => 1 }, /f is a function/],
    [{ n: 1n }, /n is a bigint/],
  ])('refuses what JSON cannot hold: %o', (value, message) => {
    expect(() => canonicalJson(value)).toThrow(UserError);
    expect(() => canonicalJson(value)).toThrow(message);
  });

  it('refuses a value that contains itself, not one that is there twice', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(() => canonicalJson(loop)).toThrow(/self contains itself/);
    const shared = { a: 1 };
    expect(canonicalJson({ x: shared, y: shared })).toBe('{"x":{"a":1},"y":{"a":1}}');
  });

  it('keeps a key called __proto__ as a key', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"a":1},"b":2}'))).toBe(
      '{"__proto__":{"a":1},"b":2}',
    );
  });

  it('is JSON of the same value, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const text = canonicalJson(value);
        const back: unknown = JSON.parse(text);
        expect(canonicalJson(back)).toBe(text);
        expect(back).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
      }),
    );
  });
});

describe('run ids', () => {
  // Written out: ids must stay what they are, also where configs get more keys.
  const config = {
    model: 'vgg',
    architecture: 'vgg11',
    width: 0.125,
    normalisation: 'batch',
    learningRate: 0.1,
    l2: 4e-4,
    seed: 0,
    probes: { activations: { every: 5, layers: [1, 3] } },
  } as RunConfig;

  it('has the hash that another program computes', () => {
    // hashlib.sha256(json.dumps(config, sort_keys=True, separators=(',', ':')).encode()).hexdigest()[:10]
    expect(configHash(config)).toBe('ef24ea6d6f');
  });

  it('depends on every value and on no order', () => {
    const turned = Object.fromEntries(Object.entries(config).reverse());
    expect(configHash(turned)).toBe('ef24ea6d6f');
    expect(configHash({ ...config, learningRate: Number('1e-1') })).toBe('ef24ea6d6f');
    expect(configHash({ ...config, seed: 1 })).not.toBe('ef24ea6d6f');
    expect(configHash({ ...config, more: null })).not.toBe('ef24ea6d6f');
  });

  it('says what the run is, in letters that any file system keeps', () => {
    expect(runId(config)).toBe('vgg11-w0.125-batch-lr0.1-seed0-ef24ea6d6f');
    const odd = {
      ...config,
      learningRate: 1e-7,
      normalisation: '../L_inf',
    } as unknown as RunConfig;
    const linear = { model: 'deepLinear', depth: 25, size: 10, normalisation: 'l1', seed: 2 };
    expect(runId({ ...linear, learningRate: 1e-6 } as RunConfig)).toMatch(
      /^linear25x10-l1-lr0\.000001-seed2-[0-9a-f]{10}$/,
    );
    expect(runId(odd)).toMatch(/^vgg11-w0\.125-\.\.-l-inf-lr1e-7-seed0-[0-9a-f]{10}$/);
  });
});

/** Configs of presets with the ids that runs of them have: the ids of stored runs must stay what they are. */
const fixtures = JSON.parse(
  fs.readFileSync(path.join(__dirname, '..', 'fixtures', 'config-hashes.json'), 'utf8'),
) as { id: string; config: RunConfig }[];

describe('ids of stored runs', () => {
  it.each(fixtures)('$id stays', ({ id, config }) => {
    expect(runId(config)).toBe(id);
  });

  /** The spellings of a number that JSON allows and that mean the same double. */
  function spellings(value: number): string[] {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
    const all = [
      String(value),
      `${mantissa}E${exponent}`,
      `${mantissa}${mantissa.includes('.') ? '' : '.'}000e${exponent}`,
      value.toFixed(20),
    ];
    return all.filter((text) => Number(text) === value);
  }

  /** JSON of a value with keys in another order and numbers spelled otherwise, as `choose` says. */
  function respell(value: unknown, choose: (count: number) => number): string {
    if (typeof value === 'number') {
      const texts = spellings(value);
      return texts[choose(texts.length)]!;
    }
    if (Array.isArray(value)) return `[${value.map((item) => respell(item, choose)).join(' ,')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const entries = Object.entries(value).map(
      ([key, item]) => `${JSON.stringify(key)} : ${respell(item, choose)}`,
    );
    const turned = entries.splice(choose(entries.length));
    return `{${[...turned, ...entries].join(',\n')}}`;
  }

  it('do not depend on the order of keys or the spelling of numbers', () => {
    expect(spellings(1e-6)).toEqual([
      ...['0.000001', '1E-6', '1.000e-6'],
      '0.00000100000000000000',
    ]);
    fc.assert(
      fc.property(
        fc.constantFrom(...fixtures),
        fc.infiniteStream(fc.nat()),
        ({ id, config }, choices) => {
          const choose = (count: number): number => (choices.next().value as number) % count;
          expect(runId(JSON.parse(respell(config, choose)) as RunConfig)).toBe(id);
        },
      ),
    );
  });
});
