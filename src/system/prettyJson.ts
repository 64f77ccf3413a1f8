/** JSON for files that people read, and for `--json`: two spaces, a newline at the end. */
export const prettyJson = (value: unknown): string => JSON.stringify(value, null, 2) + '\n';
