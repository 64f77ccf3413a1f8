/** Numbers as people read them, the same on every machine. */

/** 1200 -> '1,200', whatever the machine's language. */
export const grouped = (value: number): string => value.toLocaleString('en-US');

/** A number for a sentence: three digits, or a power of ten with two where it is very great or small. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return 'infinite';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-2 && size < 1e5)) return String(Number(value.toPrecision(3)));
  return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return minutes % 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${Math.floor(minutes / 60)} h`;
}
