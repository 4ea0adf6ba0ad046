/**
 * The environment for a stack of our own: as it is, but with a data folder that is thrown away,
 * and with no setting that would lead it to somebody's servers or another catalogue.
 */
export function freshStackEnvironment(dataFolder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DURABILL_DATA: dataFolder,
    DURABILL_CATALOGUE: '',
    DURABILL_DEFAULT_PLAN: '',
    TEMPORAL_ADDRESS: '',
    MONGODB_URI: '',
    PORT: '',
  };
}
