/** The command `bn-lab site`. */
import type { Command } from 'commander';

import { prettyJson } from '../system/prettyJson';
import { stoppable } from '../system/stoppable';
import type { TextStream } from '../training/progress';

interface Options {
  out?: string;
  solutions: boolean;
  json?: boolean;
}

/** Adds `site`. */
export function addSiteCommand(
  program: Command,
  { stdout, stderr }: { stdout: TextStream; stderr: TextStream },
): void {
  program
    .command('site')
    .description('make a web site of all notebooks as they are stored, with interactive figures')
    .option('--out <folder>', 'where it goes (default: site)')
    .option('--no-solutions', 'without the solutions of the exercises, for students')
    .option('--json', 'print the result as JSON')
    .action(async ({ out, solutions, json }: Options) => {
      const { buildSite } = await import('../pages/site/build');
      const log = (line: string): void => void stderr.write(`${line}\n`);
      const result = await stoppable((signal) => buildSite({ out, solutions, signal, log }));
      stdout.write(json ? prettyJson(result) : `${result.index}\n`);
    });
}
