import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../../cli/tsxProgram.js';
import { readStackSettings } from '../../../dev/stack/settings.js';

describe('settings of the stack', () => {
  it('that are wrong are all named at once', () => {
    const environment = {
      PORT: '70000',
      TEMPORAL_ADDRESS: 'http://here',
      MONGODB_URI: 'postgres://here',
    };
    expect(() => readStackSettings(environment)).toThrow(
      [
        'Wrong settings in the environment:',
        '  PORT: must be a port, 1 to 65535',
        '  TEMPORAL_ADDRESS: must be HOST:PORT',
        '  MONGODB_URI: must begin with mongodb:// or mongodb+srv://',
      ].join('\n'),
    );
  });

  it('that are empty count as not set', () => {
    const settings = readStackSettings({ PORT: '', DURABILL_DATA: '', TEMPORAL_ADDRESS: '' });
    expect(settings.port).toBeUndefined();
    expect(settings.dataFolder).toBe(join(process.cwd(), '.durabill'));
    expect(settings.servers.temporalAddress).toBeUndefined();
  });

  it('name a catalogue: the given one, else that of the folder or the package', () => {
    const named = readStackSettings({ DURABILL_CATALOGUE: '/etc/plans.json' });
    expect(named.catalogueFile).toBe('/etc/plans.json');
    const own = join(PACKAGE_FOLDER, 'durabill.catalogue.json');
    expect(readStackSettings({}).catalogueFile).toBe(own);
  });
});
