import type { NodeInfo } from '../../lib/backend/types/NodeInfo';
import type { RoleInfo } from '../../lib/backend/types/RoleInfo';
import type { Roles } from '../../lib/backend/types/Roles';

/** A node, and how far below the connection's own it is; 1 is directly below. */
export interface Placed {
  node: NodeInfo;
  depth: number;
}

/** How deep nodes may be. */
const DEEPEST = 8;

/** The nodes in the order of a tree, each before those below it. Those whose node above is not there come last. */
export const tree = (nodes: NodeInfo[]): Placed[] => {
  const placed: Placed[] = [];
  const below = (parent: string | null, depth: number): void => {
    if (depth > DEEPEST) return;
    const here = nodes.filter((node) => node.parent === parent && !placed.some((one) => one.node === node));
    for (const node of here) {
      placed.push({ node, depth });
      below(node.id, depth + 1);
    }
  };
  below(null, 1);
  const lost = nodes.filter((node) => !placed.some((one) => one.node === node));
  return [...placed, ...lost.map((node) => ({ node, depth: 1 }))];
};

/** The nodes that one may be put below: all but itself and those below it. */
export const above = (nodes: NodeInfo[], id: string | undefined): Placed[] => {
  const own = new Set<string>(id === undefined ? [] : [id]);
  return tree(nodes).filter(({ node }) => {
    if (own.has(node.id) || (node.parent !== null && own.has(node.parent))) {
      own.add(node.id);
      return false;
    }
    return true;
  });
};

/** A node's name with those above it, the highest first. */
export const path = (nodes: NodeInfo[], id: string | null): string => {
  const names: string[] = [];
  let at = nodes.find((node) => node.id === id);
  while (at && names.length < DEEPEST) {
    names.unshift(at.name);
    const parent = at.parent;
    at = nodes.find((node) => node.id === parent);
  }
  return names.join(' › ');
};

/** The role of this name for good. */
export const roleOf = (roles: Roles, id: string | null): RoleInfo | undefined =>
  roles.roles.find((role) => role.id === id);

/** The role of a node's users whom nothing else gives one. */
export const roleAt = (roles: Roles, id: string | null): RoleInfo | undefined => {
  let at = roles.nodes.find((node) => node.id === id);
  for (let depth = 0; at && depth < DEEPEST; depth += 1) {
    const own = roleOf(roles, at.role);
    if (own) return own;
    const parent = at.parent;
    at = roles.nodes.find((node) => node.id === parent);
  }
  return roleOf(roles, roles.default_role);
};
