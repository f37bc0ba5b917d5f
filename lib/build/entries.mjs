// The public entry points, as folders below the root; package.json's exports map names the same ones.
export const entryPoints = ['constructs', 'constructs/pulumi', 'constructs/testing', 'lib/api'];

// Folders compiled file by file. Everything else that runs is bundled, so that app repositories install no runtime dependency.
export const compiledFolders = ['constructs', 'lib/api', 'lib/base'];

// Programs: output file below dist → source.
export const programs = {
  'bin/knc.js': 'lib/cli/bin.ts',
  'bin/synth-child.js': 'lib/cli/synth-child.ts',
  'bin/preload.js': 'lib/local/pods/preload.ts',
  'samples/autoscale.js': 'lib/local/samples/autoscale.ts',
  'samples/event-display.js': 'lib/local/samples/event-display.ts',
  'samples/helloworld.js': 'lib/local/samples/helloworld.ts',
};
