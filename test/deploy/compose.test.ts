import { SEARCH_ATTRIBUTES } from '../../workflows/messages.js';
import { readSettings } from '../../deploy/settings.js';
import { projectPaths, projectText } from '../house/projectFiles.js';

const compose = projectText('docker-compose.yml');
const references = [...compose.matchAll(/\$\{(\w+)(:[?-])?([^}]*)\}/g)].map(
  ([, name = '', operator = '', rest = '']) => ({ name, operator, rest }),
);

describe('docker-compose.yml', () => {
  it('has no default for a secret, and refuses to start without it', () => {
    const all = references.filter(({ name }) => /SECRET|PASSWORD|KEY/.test(name));
    // Without alerts there is nothing to sign: empty is not set.
    const isUnset = ({ operator, rest }: (typeof all)[number]) => operator === ':-' && rest === '';
    expect(new Set(all.filter(isUnset).map(({ name }) => name))).toEqual(
      new Set(['ALERT_WEBHOOK_SECRET']),
    );
    const secrets = all.filter((reference) => !isUnset(reference));
    expect(new Set(secrets.map(({ name }) => name))).toEqual(
      new Set([
        'DURABILL_TOKEN_SECRET',
        'POSTGRES_PASSWORD',
        'STRIPE_SECRET_KEY',
        'STRIPE_WEBHOOK_SECRET',
      ]),
    );
    expect(secrets.filter(({ operator }) => operator !== ':?')).toEqual([]);
    const values = [...compose.matchAll(/^ +\w*(?:PASSWORD|SECRET|PWD|KEY)\w*: *(.+)$/gm)];
    const literal = values.filter(([, value]) => !value?.startsWith('${'));
    expect(literal).toEqual([]);
  });

  it('names every variable in the example of .env, and no other', () => {
    const example = projectText('deploy/env.example');
    const named = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(references.map(({ name }) => name)));
  });

  it('mounts and runs only files that are in the project', () => {
    const mounted = [...compose.matchAll(/- \.\/([\w./-]+):/g)].map(([, path]) => path ?? '');
    const run = [...compose.matchAll(/(?:tsx, )([\w/]+\.ts)/g)].map(([, path]) => path ?? '');
    const paths = projectPaths();
    const absent = [...mounted, ...run].filter((wanted) => {
      return !paths.some((path) => path === wanted || path.startsWith(`${wanted}/`));
    });
    expect(mounted.length + run.length).toBeGreaterThan(5);
    expect(absent).toEqual([]);
  });

  it('publishes ports on loopback only', () => {
    const ports = [...compose.matchAll(/ports:\n((?: +- .+\n)+)/g)].map(([, lines]) => lines);
    expect(ports).toHaveLength(2);
    for (const lines of ports) expect(lines).toMatch(/^( +- 127\.0\.0\.1:.+\n)+$/);
  });

  it('registers the search attributes that the workflows set, with their types', () => {
    const script = projectText('deploy/temporal/namespace.sh');
    const registered = [...script.matchAll(/^attribute (\w+) (\w+)$/gm)];
    const attributes = Object.fromEntries(registered.map(([, name, type]) => [name, type]));
    expect(attributes).toEqual(SEARCH_ATTRIBUTES);
  });

  it('copies every folder that the image runs into it', () => {
    const lines = [...projectText('.dockerignore').matchAll(/^!([\w.-]+)$/gm)];
    const kept = lines.map(([, path]) => path);
    const product = ['activities', 'api', 'billing', 'catalogue', 'cli', 'deploy', 'ledger'];
    expect(kept).toEqual(expect.arrayContaining([...product, 'worker', 'workflows']));
    expect(kept).not.toContain('.env');
  });
});

describe('settings of publishing', () => {
  it('reports every fault at once and never shows a value', () => {
    const read = () => readSettings({ STRIPE_SECRET_KEY: 'hunter2', MONGODB_URI: 'x' });
    expect(read).toThrow(/MONGODB_URI[^]*STRIPE_SECRET_KEY[^]*DURABILL_CATALOGUE/);
    expect(read).not.toThrow(/hunter2/);
  });
});
