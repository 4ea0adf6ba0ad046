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
  return Object.values(value).flatMap((field: unknown) => {
    if (isNode(field)) return [field];
    if (typeof field === 'object' && field !== null) return childrenOf(field);
    return [];
  });
}

/** Calls `visit` for every node below `nodes`, outer ones first, with the chain of its parents. */
export function walk(
  nodes: readonly SyntaxNode[],
  visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void,
  parents: readonly SyntaxNode[] = [],
): void {
  for (const node of nodes) {
    visit(node, parents);
    walk(childrenOf(node), visit, [...parents, node]);
  }
}
