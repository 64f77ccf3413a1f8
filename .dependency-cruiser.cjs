/** The rooms of src/, from the lowest floor up. A room imports from rooms before it, never from those after it. */
const rooms = [
  'system',
  'random',
  'engine',
  'data',
  'layers',
  'models',
  'config',
  'step',
  'probes',
  'runs',
  'training',
  'measures',
  'claims',
  'drawing',
  'figures',
  'theory',
  'jupyter',
  'notebook',
  'pages',
  'course',
  'bench',
  'cli',
];

const any = (names) => `^src/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    {
      name: 'no-upper-room',
      comment: 'a lower room imports an upper one: move what it needs down, or the file up',
      severity: 'error',
      from: { path: '^src/[^/]+/' },
      to: { path: '^src/index\\.ts$' },
    },
    ...rooms.slice(0, -1).map((room, floor) => ({
      name: 'no-upper-room',
      comment: `${room}/ imports an upper room: move what it needs down, or the file up`,
      severity: 'error',
      from: { path: any([room]) },
      to: { path: any(rooms.slice(floor + 1)) },
    })),
    {
      name: 'no-circle',
      comment: 'files import each other in a circle',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-mutual-folders',
      comment: 'folders import each other in a circle',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/' },
      to: { path: '^src/', circular: true },
    },
    {
      name: 'known-rooms',
      comment: 'a folder of src/ that has no floor: give it one in .dependency-cruiser.cjs',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/[^/]+/', pathNot: any(rooms) },
    },
    {
      name: 'no-tests',
      comment: 'the program imports its tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^tests/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // type imports count: a room knows what it names
    exclude: { path: '\\.cjs$' },
  },
};
