import { readFileSync } from 'node:fs';
import { catalogueJsonSchema } from '../../catalogue/schema.js';

describe('the JSON Schema for editors', () => {
  it('is the one that validates (renewed by `durabill plans schema`)', () => {
    const stored: unknown = JSON.parse(readFileSync('catalogue/catalogue.schema.json', 'utf8'));
    expect(stored).toEqual(JSON.parse(JSON.stringify(catalogueJsonSchema())));
  });

  it('refuses unknown fields and names the types of prices', () => {
    const text = JSON.stringify(catalogueJsonSchema());
    expect(text).toContain('"additionalProperties":false');
    for (const type of ['perUnit', 'graduated', 'volume', 'package']) expect(text).toContain(type);
  });
});
