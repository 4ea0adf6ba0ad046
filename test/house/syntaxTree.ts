/** A node of the syntax tree as @swc/core gives it; spans are bytes of the source. */
export interface SyntaxNode {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly [field: string]: unknown;
}

/** True for a value that is a node of the tree. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'span' in value;
}

/** Nodes directly below one, in source order; wrappers without a span are looked through. */
export function childrenOf(value: object): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  collect(value, children);
  return children;
}

function collect(value: object, into: SyntaxNode[]): void {
  for (const field of Object.values(value) as unknown[]) {
    if (isNode(field)) into.push(field);
    else if (typeof field === 'object' && field !== null) collect(field, into);
  }
}

/**
 * Calls `visit` for every node below `nodes`, outer ones first, with the chain of its parents: one
 * list for all, which changes once the visit is over.
 */
export function walk(
  nodes: readonly SyntaxNode[],
  visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void,
  parents: SyntaxNode[] = [],
): void {
  for (const node of nodes) {
    visit(node, parents);
    parents.push(node);
    walk(childrenOf(node), visit, parents);
    parents.pop();
  }
}
