import { expect, test } from 'vitest';
import type { NodeInfo } from '../../lib/backend/types/NodeInfo';
import type { Roles } from '../../lib/backend/types/Roles';
import { above, path, roleAt, tree } from './tree';

const node = (id: string, parent: string | null, role: string | null = null): NodeInfo => ({
  id,
  name: id.toUpperCase(),
  parent,
  role,
});
const nodes = [
  node('sales', 'osaka'),
  node('osaka', null, 'strict'),
  node('kyoto', null),
  node('lost', 'gone'),
];

test('nodes are shown below one another, and one whose node above is gone is not lost', () => {
  expect(tree(nodes).map(({ node: { id }, depth }) => [id, depth])).toEqual([
    ['osaka', 1],
    ['sales', 2],
    ['kyoto', 1],
    ['lost', 1],
  ]);
  expect(path(nodes, 'sales')).toBe('OSAKA › SALES');
  expect(path(nodes, null)).toBe('');
});

test('a node is not put below itself, and a circle ends', () => {
  expect(above(nodes, 'osaka').map(({ node: { id } }) => id)).toEqual(['kyoto', 'lost']);
  const circle = [node('a', 'b'), node('b', 'a')];
  expect(tree(circle)).toHaveLength(2);
  expect(path(circle, 'a').split(' › ')).toHaveLength(8);
});

test('the nearest node above says the role, and else the connection', () => {
  const policies = {
    two_factor: false,
    import: true,
    extension: null,
    onboarding: true,
    session_minutes: 60,
  };
  const roles: Roles = {
    roles: [
      { id: 'staff', name: 'Staff', policies },
      { id: 'strict', name: 'Strict', policies },
    ],
    nodes,
    default_role: 'staff',
    groups: null,
  };
  expect(['sales', 'kyoto', null].map((id) => roleAt(roles, id)?.name)).toEqual(['Strict', 'Staff', 'Staff']);
});
