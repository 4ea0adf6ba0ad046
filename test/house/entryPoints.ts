/** Files that are started by path, not imported: the only ones that may have no importer. */
export const ENTRY_POINTS: readonly string[] = [
  'api/main.ts',
  'bench/decisions/httpLoad.ts',
  'bench/decisions/luaServer.ts',
  'bench/decisions/updateWorker.ts',
  'bench/ingest/loadProcess.ts',
  'bench/main.ts',
  'cli/durabill.mjs',
  // What an app imports: `durabill` and `durabill/ai-sdk`.
  'client/aiSdk.ts',
  'client/durabill.ts',
  'deploy/publish.ts',
  'dev/demo/main.ts',
  'dev/servers/doctor.ts',
  'dev/servers/setup.ts',
  'dev/servers/watchdog.mjs',
  'dev/stack/main.ts',
  'dev/stripe/main.ts',
  'test/client/matrix/killedProcess.ts',
  'test/dev/servers/watched.fixture.ts',
  // Runs the examples of docs/rules.md: rules of the library that no process calls yet.
  'test/docs/exampleWords.ts',
  // Jest runs the campaigns of the model in it.
  'test/runner/plainGlobals.ts',
  'test/histories/record.ts',
  'test/mutation/planted.fixture.ts',
  'test/mutation/run.ts',
  // Stryker loads it into the processes that run tests.
  'test/mutation/runner.ts',
  'test/run.ts',
  // Jest's own way of loading it: by path in jest.config.json.
  'test/runner/longestFirst.mjs',
  'worker/bundle.ts',
  'worker/main.ts',
  'workflows/workflows.ts',
  // What a catalogue written in TypeScript imports.
  'catalogue/define.ts',
];
