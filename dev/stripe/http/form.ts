/** A decoded value: text, a list or named values. */
export type FormValue = string | FormValue[] | FormValues;

/** Values by name. */
export interface FormValues {
  [name: string]: FormValue;
}

const MAX_DEPTH = 8;

/**
 * Decodes Stripe's bracket notation: `a[b]=1`, `items[0][price]=p`, `expand[]=x`; brackets may be
 * percent-encoded. Numbered names become lists.
 */
export function decodeForm(...texts: readonly string[]): FormValues {
  const root: FormValues = Object.create(null) as FormValues;
  for (const text of texts) {
    for (const [name, value] of new URLSearchParams(text)) place(root, pathOf(name), value);
  }
  return withLists(root) as FormValues;
}

function pathOf(name: string): string[] {
  const open = name.indexOf('[');
  if (open < 1) return [name];
  const inner = [...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '');
  return [name.slice(0, open), ...inner].slice(0, MAX_DEPTH);
}

function place(root: FormValues, path: readonly string[], value: string): void {
  let at = root;
  path.forEach((step, index) => {
    const name = step === '' ? String(Object.keys(at).length) : step;
    if (index === path.length - 1) {
      at[name] = value;
      return;
    }
    const next = at[name];
    at = at[name] =
      typeof next === 'object' && !Array.isArray(next)
        ? next
        : (Object.create(null) as FormValues);
  });
}

function withLists(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const names = Object.keys(value);
  const numbered = names.length > 0 && names.every((name, index) => name === String(index));
  if (numbered) return names.map((name) => withLists(value[name] as FormValue));
  for (const name of names) value[name] = withLists(value[name] as FormValue);
  return value;
}
