/** The part of jstat that is used here; it comes without types. */
declare module 'jstat' {
  interface StudentT {
    /** P(T <= x) with `dof` degrees of freedom. */
    cdf(x: number, dof: number): number;
    /** The x with P(T <= x) = p. */
    inv(p: number, dof: number): number;
  }
  const jstat: { jStat: { studentt: StudentT } };
  export = jstat;
}
