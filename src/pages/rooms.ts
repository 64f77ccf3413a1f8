/** The rooms of src/ as a picture, drawn from the imports: a Mermaid diagram, which GitHub shows. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { projectRoot } from '../system/paths';

interface Cruise {
  modules: { source: string; dependencies: { resolved: string }[] }[];
}

/** Which room imports from which, found by dependency-cruiser. */
function roomImports(): Map<string, Set<string>> {
  const cruiser = path.join('node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const rules = '.dependency-cruiser.cjs';
  const { stdout } = spawnSync(
    process.execPath,
    [cruiser, 'src', '--config', rules, '--output-type', 'json'],
    { cwd: projectRoot, encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  const { modules } = JSON.parse(stdout) as Cruise;
  const roomOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1];
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const from = roomOf(source);
    if (from === undefined) continue;
    const own = imports.get(from) ?? new Set<string>();
    imports.set(from, own);
    for (const { resolved } of dependencies) {
      const to = roomOf(resolved);
      if (to !== undefined && to !== from) own.add(to);
    }
  }
  return imports;
}

/** All rooms that can be reached from one, itself left out. */
function below(imports: ReadonlyMap<string, ReadonlySet<string>>, room: string): Set<string> {
  const found = new Set<string>();
  for (const next of imports.get(room) ?? []) {
    found.add(next);
    for (const further of below(imports, next)) found.add(further);
  }
  return found;
}

/** An arrow for each import between rooms that does not follow from the other arrows. */
export function roomsPicture(imports = roomImports()): string {
  const arrows = [...imports].flatMap(([from, rooms]) =>
    [...rooms]
      .filter((to) => ![...rooms].some((other) => below(imports, other).has(to)))
      .map((to) => `  ${from} --> ${to}`),
  );
  return ['```mermaid', 'flowchart TD', ...arrows.sort(), '```'].join('\n');
}
