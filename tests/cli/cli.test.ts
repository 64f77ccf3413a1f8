import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { runCli } from '../../src/cli/commands';
import { runId } from '../../src/config/hash';
import type { Figure } from '../../src/drawing/figure';
import type { SiteOptions } from '../../src/pages/site/build';
import { column } from '../../src/runs/table';
import { openRun } from '../../src/runs/writer';
import { UserError } from '../../src/system/errors';
import type { DoctorOptions } from '../../src/system/finding';
import { parseNumberList } from '../../src/system/numberList';
import { projectRoot } from '../../src/system/paths';
import type { TrainOptions } from '../../src/training/loop';
import { claimRow } from '../claims/claimRow';
import { compileSources, outcomeOf, runScript } from '../runs/compiled';
import { sampleConfig, sampleFacts, temporaryFolder } from '../runs/sample';

const trained: string[] = [];
const calls: string[] = [];
let doctorOk = true;
let pictures: 'work' | 'no browser' | 'crash' = 'work';
let train: (options: TrainOptions) => void = () => {};
let data: 'synthetic' | 'cifar10' = 'synthetic';

/** Two figures that share a run; the second one needs one more. */
const figures: Figure[] = [1, 4].map((number) => ({
  number,
  title: `Figure ${number}: a test`,
  runs: (_, seeds) =>
    seeds.flatMap((seed) =>
      (number === 1 ? [0.1] : [0.1, 0.5]).map((learningRate) =>
        sampleConfig({ seed, learningRate, data }),
      ),
    ),
  claim: 'it works',
  notebook: `fig0${number}`,
  draw: (runs) => ({
    plot: {
      data: runs.map((run) => ({ y: Float32Array.from(column(run.tables.steps, 'loss')) })),
      layout: { title: { text: `of ${runs.length}` } },
    },
    points: runs.flatMap((run) => [
      { panel: 'a', series: 'x, "y"', seed: run.config.seed, x: 0, y: Math.fround(0.1) },
      { panel: 'a', series: 'band', seed: 'median' as const, x: 1, y: NaN, lo: -1, hi: 0.25 },
    ]),
    notes: ['a note'],
  }),
  claims: (runs): Claim[] => [
    claimRow({
      id: `fig0${number}-claim`,
      figure: number,
      measured: `${runs.length} runs`,
      p: null,
    }),
  ],
}));

vi.mock('../../src/figures/index', async (original) => {
  const real = await original<{ figures: Figure[] }>();
  real.figures.splice(0, Infinity, ...figures);
  return real;
});
vi.mock('../../src/drawing/palette', () => ({ reduceColours: (png: Buffer) => png }));
vi.mock('../../src/drawing/render', () => ({
  renderPlot: (_: unknown, { format }: { format: string }) => {
    if (pictures === 'crash') throw new Error('page crashed');
    if (pictures === 'no browser') throw new UserError('no browser found');
    return Promise.resolve(Buffer.from(`a ${format}`));
  },
  closeRenderer: () => void calls.push('closeRenderer'),
}));
vi.mock('../../src/engine/install', () => ({
  installEngine: () => void calls.push('installEngine'),
}));
vi.mock('../../src/data/cifar10', () => ({
  ensureCifar10: ({ from }: { from?: string }) => void calls.push(`ensureCifar10 ${from}`),
  cifar10Status: () => ({ ready: false, where: '/data', detail: 'not there yet' }),
}));
vi.mock('../../src/cli/doctor', () => ({
  doctor: ({ log, fix, json }: DoctorOptions) => {
    log(`fix ${fix}, json ${json}`);
    return Promise.resolve({ ok: doctorOk });
  },
}));
vi.mock('../../src/bench/bench', () => ({
  bench: (args: string[], log: (line: string) => void) => log(`bench ${args.join(' ')}`),
}));
vi.mock('../../src/jupyter/environment', () => ({
  lab: (options: object) => (calls.push(`lab ${JSON.stringify(options)}`), Promise.resolve(3)),
  hub: (args: string[]) => (calls.push(`hub ${args.join(' ')}`), Promise.resolve(4)),
}));
vi.mock('../../src/pages/site/build', () => ({
  buildSite: ({ out, solutions, log }: SiteOptions) => {
    log?.(`solutions ${solutions}`);
    return Promise.resolve({ index: `${out}/index.html`, pages: [], bytes: 3 });
  },
}));
vi.mock('../../src/training/trainer', async () => {
  const { findRun } = await import('../../src/runs/store');
  return {
    trainRuns: async (configs: ReturnType<typeof sampleConfig>[], options: TrainOptions) => {
      await Promise.resolve();
      return configs.map((config) => trainOne(config, options));
    },
  };

  function trainOne(config: ReturnType<typeof sampleConfig>, options: TrainOptions) {
    train(options);
    const writer = openRun(config, { facts: sampleFacts, fresh: options.retrain });
    writer.table('steps', ['step', 'loss']);
    writer.append('steps', [0, Math.fround(2.3)]);
    writer.append('steps', [1, NaN]);
    const progress = { step: 10, steps: 10, loss: 2.3, accuracy: 0.1, secondsLeft: 0 };
    options.onProgress?.({ config, ...progress });
    writer.finish('done');
    trained.push(runId(config));
    return findRun(config);
  }
});

let out: string;
let store: string;

beforeEach(() => {
  out = temporaryFolder();
  store = temporaryFolder();
  vi.stubEnv('BN_RUNS_DIR', store);
});
afterEach(() => {
  vi.unstubAllEnvs();
  trained.length = 0;
  calls.length = 0;
  pictures = 'work';
  train = () => {};
  data = 'synthetic';
});

async function run(...argv: string[]) {
  const result = { code: 0, stdout: '', stderr: '' };
  result.code = await runCli(argv, {
    stdout: { write: (text) => (result.stdout += text) },
    stderr: { write: (text) => (result.stderr += text) },
  });
  return result;
}

const inOut = (name: string): string => fs.readFileSync(path.join(out, name), 'utf8');

describe('figure', () => {
  it('trains what is lacking, writes all files and prints the verdicts', async () => {
    const { code, stdout, stderr } = await run('figure', '1', '--out', out);
    expect(code).toBe(0);
    expect(fs.readdirSync(out).sort()).toEqual([
      'claims.json',
      'figure-01.csv',
      'figure-01.json',
      'figure-01.png',
      'figure-01.svg',
      'index.html',
    ]);
    expect(JSON.parse(inOut('figure-01.json'))).toEqual({
      data: [{ y: [Math.fround(2.3), null] }],
      layout: { title: { text: 'of 1' }, meta: { notes: ['a note'] } },
    });
    expect(inOut('figure-01.csv')).toBe(
      'panel,series,seed,x,y,lo,hi\na,"x, ""y""",0,0,0.1,,\na,band,median,1,nan,-1,0.25\n',
    );
    expect(inOut('figure-01.png')).toBe('a png');
    expect(JSON.parse(inOut('claims.json'))).toEqual(figures[0]!.claims([{}] as never));
    expect(stdout).toMatch(/^Figure 1: a test\n.*figure-01\.json\n[^]*a note\n/);
    expect(stdout).toMatch(
      /\npreset quick \(.*\), seeds 0\nverdict +claim +measured\nholds +fig01-claim +1 runs\n/,
    );
    expect(stderr).toContain('runs: 1 needed, 0 in the store, 1 to train');
    expect(stderr).toContain(
      'run 1 of 1: VGG-11, Standard + BatchNorm, lr 0.1, seed 0, step 10 of 10',
    );
    expect(calls).toEqual(['installEngine', 'closeRenderer']);
  });

  it('trains nothing twice, and needs neither engine nor data for it', async () => {
    await run('figure', '1', '--out', out);
    calls.length = 0;
    const { code, stderr } = await run('figure', '1', '--out', out);
    expect(code).toBe(0);
    expect(stderr).toContain('runs: 1 needed, 1 in the store, 0 to train');
    expect(trained).toHaveLength(1);
    expect(calls).toEqual(['closeRenderer']);
    await run('figure', '1', '--out', out, '--retrain');
    expect(trained).toHaveLength(2);
  });

  it('makes do with the runs that are there where it is not to train', async () => {
    await run('figure', '1', '--out', out);
    trained.length = 0;
    const { code, stdout } = await run('figure', '4', '--out', out, '--no-train');
    expect([code, trained]).toEqual([0, []]);
    expect(stdout).toContain('1 runs');
    expect(JSON.parse(inOut('figure-04.json'))).toMatchObject({
      layout: { title: { text: 'of 1' } },
    });
  });

  it('gets the data where a run needs it', async () => {
    data = 'cifar10';
    await run('figure', '4', '--out', out);
    expect(calls).toEqual(['installEngine', 'ensureCifar10 undefined', 'closeRenderer']);
  });

  it('keeps the claims of other figures', async () => {
    await run('figure', '4', '--out', out);
    await run('figure', '1', '--out', out);
    const ids = (JSON.parse(inOut('claims.json')) as Claim[]).map(({ id }) => id);
    expect(ids).toEqual(['fig01-claim', 'fig04-claim']);
    fs.writeFileSync(path.join(out, 'claims.json'), '{"half');
    await run('figure', '1', '--out', out);
    expect(JSON.parse(inOut('claims.json'))).toHaveLength(1);
  });

  it('without a browser is JSON and CSV, one line says so, and no older picture stays', async () => {
    for (const name of ['figure-01.png', 'figure-01.svg']) {
      fs.writeFileSync(path.join(out, name), 'of other numbers');
    }
    pictures = 'no browser';
    const { code, stderr } = await run('reproduce', '--out', out);
    expect(code).toBe(0);
    expect(stderr.match(/without pictures: no browser found/g)).toHaveLength(1);
    expect(fs.readdirSync(out).sort()).toEqual([
      'claims.json',
      ...['figure-01.csv', 'figure-01.json', 'figure-04.csv', 'figure-04.json', 'index.html'],
    ]);
  });

  it('that a bug stops is told apart, with the place on demand', async () => {
    pictures = 'crash';
    const { code, stderr } = await run('figure', '1', '--out', out);
    expect(code).toBe(1);
    expect(stderr).toContain('bn-lab: page crashed (a bug: --debug shows where)\n');
    expect(stderr).not.toContain('cli.test.ts');
    expect((await run('--debug', 'figure', '1', '--out', out)).stderr).toContain('cli.test.ts');
    expect((await run('figure', '1', '--out', out, '--debug')).stderr).toContain('cli.test.ts');
  });
});

describe('reproduce', () => {
  it('makes all figures from shared runs, for all seeds', async () => {
    const { code, stdout } = await run('reproduce', '--seeds', '0-1', '--out', out, '--json');
    expect(code).toBe(0);
    expect(trained).toHaveLength(4);
    expect(new Set(trained).size).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      preset: 'quick',
      seeds: [0, 1],
      figures: [{ number: 1 }, { number: 4, files: { length: 4 } }],
      claimsFile: path.join(out, 'claims.json'),
      page: path.join(out, 'index.html'),
    });
    // Those that need the runs of several figures, and those of the theory, follow.
    const { claims } = JSON.parse(stdout) as { claims: Claim[] };
    expect(claims.slice(0, 2)).toMatchObject([{ measured: '2 runs' }, { measured: '4 runs' }]);
    expect(claims[2]).toMatchObject({ figure: 11 });
    expect(claims.find(({ kind }) => kind === 'theory')).toMatchObject({
      ...{ figure: 'Fact C.1', seeds: [0, 1] },
    });
  });

  it('makes the figures asked for', async () => {
    await run('reproduce', '--figures', '4', '--out', out);
    expect(fs.existsSync(path.join(out, 'figure-04.json'))).toBe(true);
    expect(fs.existsSync(path.join(out, 'figure-01.json'))).toBe(false);
  });

  it('claims: the table without the figures', async () => {
    const { code, stdout } = await run('claims', '--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('fig04-claim');
    expect(fs.readdirSync(out)).toEqual(['claims.json', 'index.html']);
    expect(calls).toEqual(['installEngine']);
  });

  it('refuses a folder that it cannot write to before it trains', async () => {
    const file = path.join(out, 'file');
    fs.writeFileSync(file, '');
    const { code, stderr } = await run('reproduce', '--out', path.join(file, 'sub'));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^bn-lab: cannot write to .*: a file is where a folder should be[^\n]*\n$/,
    );
    expect(calls).toEqual([]);
    expect(trained).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s stops it with 130 and keeps what is done',
    async (name) => {
      let runs = 0;
      train = ({ signal }) => {
        if (++runs < 2) return;
        process.emit(name);
        expect(signal!.aborted).toBe(true);
        throw new UserError('stopped at step 7 of 10: the same command goes on from there');
      };
      const before = process.listenerCount(name);
      const { code, stderr } = await run('reproduce', '--out', out);
      expect(code).toBe(130);
      expect(stderr).toMatch(
        /\nbn-lab: stopped at step 7 of 10: the same command goes on from there\n$/,
      );
      expect(process.listenerCount(name)).toBe(before);
      train = () => {};
      expect((await run('reproduce', '--out', out)).stderr).toContain('1 in the store, 1 to train');
      train = ({ signal }) => {
        process.emit(name);
        throw signal!.reason;
      };
      expect((await run('reproduce', '--out', out, '--retrain')).stderr).toContain(
        'the same command goes on from there (without --retrain)\n',
      );
    },
  );

  it('is stopped between two figures too', async () => {
    pictures = 'no browser';
    train = () => void process.emit('SIGTERM');
    const { code, stderr } = await run('figure', '1', '--out', out);
    expect(code).toBe(130);
    expect(stderr).toContain('bn-lab: stopped: the same command goes on from there\n');
    expect(fs.readdirSync(out)).toEqual([]);
  });
});

describe('a command line that makes no sense', () => {
  it.each([
    [['figure', '7'], 'there is no figure 7; figures: 1, 4'],
    [['figure', 'one'], 'figure: "one" is no number'],
    [['figure', '1', '--preset', 'huge'], 'there is no preset huge; presets: smoke, quick'],
    [['figure', '1', '--preset', '__proto__'], 'there is no preset __proto__'],
    [['reproduce', '--seeds', '0,x'], '--seeds: "x" is no number; write it as 0, 0,2 or 0-2'],
    [['reproduce', '--seeds', '2-0'], '--seeds: "2-0" goes backwards'],
    [['reproduce', '--figures', ''], '--figures: "" is no number'],
    [['runs', 'show', '../x'], '"../x" is no id of a run'],
    [['runs', 'show', 'a'], 'there is no run a'],
    [['runs', 'remove', 'a'], 'there is no run a'],
    [['lab', '--port', '99999'], '--port: "99999" is no port'],
  ])('%j: one line, exit 1', async (argv, message) => {
    const { code, stdout, stderr } = await run(
      ...argv,
      ...(argv[0] === 'figure' ? ['--out', out] : []),
    );
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.startsWith(`bn-lab: ${message}`)).toBe(true);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(calls).toEqual([]);
  });

  it.each([
    [[]],
    [['nonsense']],
    [['figure']],
    [['figure', '1', '2']],
    [['figure', '1', '--nonsense']],
    [['reproduce', '--seeds']],
    [['runs', 'nonsense', 'x']],
  ])('%j: exit 2', async (argv) => {
    const { code, stdout, stderr } = await run(...argv);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
  });

  it('help is no error', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stderr: '' });
    expect((await run('reproduce', '--help')).stdout).toContain('--seeds <list>');
  });
});

describe('lists of numbers', () => {
  it.each([
    ['0', [0]],
    ['0,2', [0, 2]],
    ['0-2', [0, 1, 2]],
    ['4-6, 0,5', [0, 4, 5, 6]],
    ['3-3', [3]],
    ['2147483647', [2147483647]],
  ])('%s', (text, numbers) => {
    expect(parseNumberList(text, '--seeds')).toEqual(numbers);
  });

  it.each([
    '',
    ',',
    '0,',
    '-1',
    '1-',
    '0--2',
    '1.5',
    '1e3',
    'a',
    '0;1',
    '0-2-4',
    '2147483648',
    '0-99999999',
  ])('refuses %j', (text) => {
    expect(() => parseNumberList(text, '--seeds')).toThrow(UserError);
  });

  it('hold what was written, ascending and once', () => {
    const piece = fc.tuple(fc.nat(10_000), fc.nat(20));
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
        const text = pieces.map(([from, more]) => (more ? `${from}-${from + more}` : `${from}`));
        const wanted = new Set(
          pieces.flatMap(([from, more]) => Array.from({ length: more + 1 }, (_, i) => from + i)),
        );
        expect(parseNumberList(text.join(','), 'x')).toEqual([...wanted].sort((a, b) => a - b));
      }),
    );
  });

  it('are numbers or one UserError that names the piece', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const numbers = parseNumberList(text, '--seeds');
          expect(numbers.every((n) => Number.isSafeInteger(n) && n >= 0)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as Error).message).toMatch(/^--seeds: ".*" /);
        }
      }),
    );
  });
});

describe('runs', () => {
  it('lists, shows and removes', async () => {
    expect(await run('runs')).toMatchObject({ code: 0 });
    await run('figure', '1', '--out', out);
    const id = trained[0]!;
    expect((await run('runs', 'list')).stdout).toMatch(
      new RegExp(`^run .*\n${id} +done +10/10 +synthetic`),
    );
    const listed = JSON.parse((await run('runs', '--json')).stdout) as { id: string }[];
    expect(listed.filter((row) => row.id === id)).toMatchObject([{ manifest: { status: 'done' } }]);
    expect((await run('runs', 'show', id)).stdout).toContain('steps  2 rows of step, loss');
    expect(JSON.parse((await run('runs', 'show', id, '--json')).stdout)).toMatchObject({
      id,
      tables: { steps: { columns: ['step', 'loss'], rows: 2 } },
      torn: [],
    });
    expect(await run('runs', 'remove', id, '--yes')).toMatchObject({
      code: 0,
      stdout: `removed ${id}\n`,
    });
    expect(fs.readdirSync(store)).toEqual([]);
  });

  it('names what is damaged', async () => {
    await run('figure', '1', '--out', out);
    fs.appendFileSync(path.join(store, trained[0]!, 'steps.csv'), '2,1\n');
    const { code, stderr } = await run('figure', '1', '--out', out);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^bn-lab: .*steps\.csv is damaged .*: remove the run \(npx bn-lab runs remove/,
    );
  });
});

describe('the other commands', () => {
  it.each([
    [true, 0],
    [false, 1],
  ])('doctor reports, and its verdict (%s) is the exit code', async (ok, code) => {
    doctorOk = ok;
    const result = await run('doctor', '--fix', '--json');
    expect(result).toMatchObject({ code, stdout: 'fix true, json true\n', stderr: '' });
  });

  it('data takes a source, and fails where the data is not there after all', async () => {
    const { code, stdout } = await run('data', '--from', 'some/folder');
    expect(code).toBe(1);
    expect(calls).toEqual(['ensureCifar10 some/folder']);
    expect(stdout).toBe('/data: not there yet\n');
    expect(JSON.parse((await run('data', '--json')).stdout)).toMatchObject({ ready: false });
  });

  it('bench passes its arguments on, options too', async () => {
    const { code, stdout } = await run('bench', 'ops', '--case', 'x', '--json');
    expect(code).toBe(0);
    expect(calls).toEqual(['installEngine']);
    expect(stdout).toBe('bench ops --case x --json\n');
  });

  it('site prints the page to open, or all that it knows, and what goes on elsewhere', async () => {
    expect(await run('site', '--out', 'web')).toEqual({
      code: 0,
      stdout: 'web/index.html\n',
      stderr: 'solutions true\n',
    });
    const { stdout, stderr } = await run('site', '--out', 'web', '--no-solutions', '--json');
    expect(stderr).toBe('solutions false\n');
    expect(JSON.parse(stdout)).toEqual({ index: 'web/index.html', pages: [], bytes: 3 });
  });

  it('lab passes its options and exit code on', async () => {
    expect(await run('lab', '--no-browser', '--port', '8899')).toMatchObject({ code: 3 });
    expect(calls).toEqual(['lab {"browser":false,"port":8899}']);
  });

  it.each(['--version', '--ip=127.0.0.1 --debug', '--help', '-h', '--help-all'])(
    'hub passes on %s',
    async (args) => {
      expect(await run('hub', ...args.split(' '))).toEqual({ code: 4, stdout: '', stderr: '' });
      expect(calls).toEqual([`hub ${args}`]);
    },
  );

  it('help names the guide for those who run a hub, which is there', async () => {
    const { stdout } = await run('help', 'hub');
    const guide = /see (notebooks\S+)/.exec(stdout.replace(/\s+/g, ' '))?.[1];
    expect(guide).toMatch(/TEACHING\.md$/);
    expect(fs.existsSync(path.join(projectRoot, guide!))).toBe(true);
  });
});

describe('the process', () => {
  const compiled = fs.mkdtempSync(path.join(os.tmpdir(), 'bn-lab-compiled-'));
  beforeAll(() => compileSources(compiled));
  afterAll(() => fs.rmSync(compiled, { recursive: true, force: true }));

  /** cli/main.js with arguments, after `prelude`. */
  const start = (argv: string[], prelude = '') =>
    runScript(
      compiled,
      `${prelude}; process.argv = [process.argv[0], 'bn-lab', ...${JSON.stringify(argv)}]; require('./cli/main').main()`,
      { BN_RUNS_DIR: store },
    );

  it('ends with the exit code, its output whole', async () => {
    expect(await outcomeOf(start(['runs', 'show', 'nothing']))).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: 'bn-lab: there is no run nothing: see `npx bn-lab runs list`\n',
    });
    expect(await outcomeOf(start(['figure']))).toMatchObject({ code: 2 });
    expect(await outcomeOf(start(['--help']))).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while it trains: stops, 130, and the run goes on the next time',
    async (name) => {
      const config = sampleConfig();
      // A trainer that makes no step until it is stopped, in the place of the real one.
      const fakes = `
        const fake = (name, exports) => {
          const file = require.resolve(name);
          require.cache[file] = { id: file, filename: file, loaded: true, exports };
        };
        const config = ${JSON.stringify(config)};
        fake('./engine/install', { installEngine: async () => {} });
        const figure = { number: 1, title: '', runs: () => [config] };
        fake('./figures/index', { figures: [figure], figureNumbered: () => figure });
        fake('./training/trainer', {
          trainRuns: async ([config], { signal }) => {
            const writer = require('./runs/writer').openRun(config, { facts: { versions: {}, device: {} } });
            console.log('training');
            const alive = setInterval(() => {}, 1000);
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            clearInterval(alive);
            writer.checkpoint(3, []);
            writer.close();
            throw new (require('./system/errors').UserError)('stopped at step 3');
          },
        })`;
      const child = start(['figure', '1', '--out', out], fakes);
      const outcome = outcomeOf(child);
      child.stdout!.once('data', () => child.kill(name));
      expect(await outcome).toMatchObject({
        code: 130,
        signal: null,
        stderr: expect.stringMatching(/\nbn-lab: stopped at step 3\n$/) as string,
      });
      const writer = openRun(config, { facts: sampleFacts });
      expect(writer.resume?.step).toBe(3);
      writer.close();
    },
  );
});
