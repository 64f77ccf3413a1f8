/** `bn-lab bench ops`: where a step's time goes, by TensorFlow op, measured op by op in an eager step. */
import { backend, type Binding } from '../engine/backend';
import { textTable } from '../system/textTable';
import { prepareVgg, vggCases } from './cases';

const steps = 5;

/** Prints milliseconds a step and calls a step of each op, the costliest first. */
export function benchOps(
  name: string,
  { json, log }: { json: boolean; log: (line: string) => void },
): void {
  const run = prepareVgg(vggCases[name]!);
  const totals = new Map<string, { ms: number; calls: number }>();
  const node = backend();
  const original: Binding = node.binding;
  const mode = process.env.BN_ENGINE_STEP;
  process.env.BN_ENGINE_STEP = 'eager';
  run.train();
  node.binding = Object.assign(Object.create(original) as Binding, {
    executeOp(...call: Parameters<Binding['executeOp']>) {
      const start = performance.now();
      const outputs = original.executeOp(...call);
      const total = totals.get(call[0]) ?? { ms: 0, calls: 0 };
      totals.set(call[0], {
        ms: total.ms + (performance.now() - start) / steps,
        calls: total.calls + 1 / steps,
      });
      return outputs;
    },
  });
  const start = performance.now();
  try {
    for (let i = 0; i < steps; i++) run.train();
  } finally {
    node.binding = original;
    if (mode === undefined) delete process.env.BN_ENGINE_STEP;
    else process.env.BN_ENGINE_STEP = mode;
  }
  const whole = (performance.now() - start) / steps;
  run.dispose();
  const sorted = [...totals].sort(([, a], [, b]) => b.ms - a.ms);
  if (json) return log(JSON.stringify({ case: name, ms: whole, ops: Object.fromEntries(sorted) }));
  const inOps = sorted.reduce((sum, [, { ms }]) => sum + ms, 0);
  log(`${name}: ${whole.toFixed(1)} ms a step op by op, ${inOps.toFixed(1)} ms of them in ops`);
  const rows = sorted.map(([op, { ms, calls }]) => [
    op,
    ms.toFixed(2),
    `${((100 * ms) / whole).toFixed(1)}%`,
    calls.toFixed(0),
  ]);
  log(textTable([['op', 'ms', 'share', 'calls'], ...rows]).trimEnd());
}
