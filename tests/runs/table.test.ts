import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { column, formatHeader, formatNumber, formatTable, parseTable } from '../../src/runs/table';
import { UserError } from '../../src/system/errors';

/** The float32 of a bit pattern: every one of the 2^32, subnormal numbers and all kinds of NaN too. */
function float32OfBits(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}

const float32 = fc.integer({ min: 0, max: 0xffffffff }).map(float32OfBits);
const float64 = fc.double();

const read = (text: string): number => parseTable(`x\n${text}\n`, 'x.csv').table.rows[0]![0]!;

describe('numbers', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1200, '1200'],
    [100000008, '100000008'],
    [Math.fround(0.1), '0.1'],
    [Math.fround(2.3025851), '2.3025851'],
    [float32OfBits(1), '1e-45'],
    [float32OfBits(0x007fffff), '1.1754942e-38'],
    [float32OfBits(0x7f7fffff), '3.4028235e+38'],
    [float32OfBits(0x00800000), '1.1754944e-38'],
    [1 / 3, '0.3333333333333333'],
    [NaN, 'nan'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
  ])('%o is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('read back to the same float32, and then to the same text', () => {
    fc.assert(
      fc.property(float32, (value) => {
        const text = formatNumber(value);
        expect(Math.fround(read(text))).toBe(value);
        expect(formatNumber(read(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('that are no float32 read back exactly', () => {
    fc.assert(
      fc.property(
        float64.filter((value) => Math.fround(value) !== value),
        (value) => {
          expect(read(formatNumber(value))).toBe(value);
        },
      ),
    );
  });
});

describe('tables', () => {
  it('read back as they were written', () => {
    const tables = fc.integer({ min: 1, max: 5 }).chain((width) =>
      fc.record({
        columns: fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.:-]{0,8}$/), {
          minLength: width,
          maxLength: width,
        }),
        rows: fc.array(fc.array(float32, { minLength: width, maxLength: width })),
      }),
    );
    fc.assert(
      fc.property(tables, (table) => {
        const text = formatTable(table);
        const { table: back, torn } = parseTable(text, 'table.csv');
        expect(torn).toBe(false);
        expect(back.columns).toEqual(table.columns);
        expect(back.rows.map((row) => row.map(Math.fround))).toEqual(table.rows);
      }),
    );
  });

  it('lose the torn last row at most, wherever they are cut', () => {
    const text = formatTable({
      columns: ['step', 'loss'],
      rows: [
        [0, 2.3],
        [1, NaN],
        [2, 0.5],
      ],
    });
    for (let length = 0; length <= text.length; length++) {
      const cut = text.slice(0, length);
      const { table, torn } = parseTable(cut, 'steps.csv');
      const wholeLines = cut.split('\n').length - 1;
      expect(table.rows).toHaveLength(Math.max(0, wholeLines - 1));
      expect(torn).toBe(length > 0 && !cut.endsWith('\n'));
    }
  });

  it('are empty where the file is', () => {
    expect(parseTable('', 'steps.csv')).toEqual({ table: { columns: [], rows: [] }, torn: false });
  });

  it.each([
    ['step,loss\n1,2\n3\n', /line 3: 1 values for 2 columns/],
    ['step,loss\n1,2,3\n', /line 2: 3 values for 2 columns/],
    ['step,loss\n1,2\n\n3,4\n', /line 3: 1 values for 2 columns/],
    ['step,loss\n1,x\n', /line 2: "x" is no number/],
    ['step,loss\n1,\n', /line 2: "" is no number/],
    ['step,loss\n1,0x10\n', /line 2: "0x10" is no number/],
    ['step,loss\n1, 2\n', /line 2: " 2" is no number/],
    ['step,step\n', /line 1: "step" is no name of a column/],
    ['\u0000,loss\n', /line 1: .* is no name of a column/],
  ])('with a wrong line are refused, naming it: %j', (text, message) => {
    const parse = () => parseTable(text, '/store/a-run/steps.csv');
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^\/store\/a-run\/steps\.csv .*runs remove a-run/);
  });

  it('never take other text for numbers, and fail in one way only', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseTable(text, 'steps.csv');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });

  it.each([[[]], [['a', 'a']], [['a,b']], [['a\n']], [['']]])(
    'cannot have columns %j',
    (columns) => {
      expect(() => formatHeader(columns)).toThrow(/cannot have the columns/);
    },
  );

  it('give a column by name, or say which there are', () => {
    const table = {
      columns: ['step', 'loss'],
      rows: [
        [0, 2.5],
        [1, 1.5],
      ],
    };
    expect(column(table, 'loss')).toEqual([2.5, 1.5]);
    expect(() => column(table, 'accuracy')).toThrow(
      new UserError(
        'the table has no column "accuracy"; it has step, loss: a run of another version is trained again with --retrain',
      ),
    );
  });
});
