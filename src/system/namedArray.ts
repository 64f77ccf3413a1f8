/** A tensor's numbers under a name. */
export interface NamedArray {
  name: string;
  shape: number[];
  dtype: 'float32' | 'float64' | 'int32';
  values: Float32Array | Float64Array | Int32Array;
}
